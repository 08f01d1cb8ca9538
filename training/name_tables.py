"""What the generator of names knows beside the gazetteer: usual labels, adjectives, choices."""

from __future__ import annotations

# The usual English name where the table's differs from it.
STATE_LABELS = {
    "Antigua & Barbuda": "Antigua and Barbuda",
    "Bosnia": "Bosnia and Herzegovina",
    "Congo - Brazzaville": "Republic of the Congo",
    "Congo - Kinshasa": "Democratic Republic of the Congo",
    "Czechia": "Czech Republic",
    "Côte d’Ivoire": "Ivory Coast",
    "Macao": "Macau",
    "St. Kitts & Nevis": "Saint Kitts and Nevis",
    "St. Lucia": "Saint Lucia",
    "St. Vincent & Grenadines": "Saint Vincent and the Grenadines",
    "São Tomé & Príncipe": "São Tomé and Príncipe",
    "Trinidad & Tobago": "Trinidad and Tobago",
    "Türkiye": "Turkey",
}
# Aliases that are fragments, or abbreviations that mean something else far more often.
NOT_NAMES = {
    "The Dominican", "Scotland", "and Wales", "C&ocirc", "Republic of C&ocirc", "te d'Ivoire",
    "Ascension", "and Tristan da Cunha", "Ducie", "Henderson", "and Oeno Islands", "CAR", "TCA",
    "note - the island of Great Britain includes England",
}  # fmt: skip
TWO_LETTERS = {"US", "UK", "NZ", "EU", "UN", "AU"}
# What the factbook's demonyms do not give, or give for two states at once.
ADJECTIVES = {
    "KOR": (("South Korean",), ("South Koreans",)),
    "PRK": (("North Korean",), ("North Koreans",)),
    "PHL": (("Philippine", "Filipino"), ("Filipinos",)),
    "GBR": (("British",), ("Britons", "Briton")),
    "SRB": (("Serbian",), ("Serbians",)),
    "XKX": (("Kosovar", "Kosovan"), ("Kosovars",)),
    "PSE": (("Palestinian",), ("Palestinians",)),
    "TWN": (("Taiwanese",), ()),
    "SAU": (("Saudi", "Saudi Arabian"), ("Saudis", "Saudi Arabians")),
    "SGP": (("Singaporean",), ("Singaporeans",)),
    "NPL": (("Nepali", "Nepalese"), ("Nepalis",)),
    "BWA": (("Botswanan",), ("Batswana",)),
    "SWZ": (("Swazi",), ("Swazis",)),
    "LSO": (("Basotho",), ()),
    "LAO": (("Lao", "Laotian"), ("Laotians",)),
    "BIH": (("Bosnian",), ("Bosnians",)),
    "ARG": (("Argentine", "Argentinian", "Argentinean"), ("Argentines", "Argentinians")),
    "FRA": (("French",), ("Frenchmen", "Frenchman")),
    "IRL": (("Irish",), ("Irishmen", "Irishman")),
    "NLD": (("Dutch",), ("Dutchmen", "Dutchman")),
    "ESP": (("Spanish",), ("Spaniards", "Spaniard")),
    "SVN": (("Slovenian", "Slovene"), ("Slovenes", "Slovenians")),
    "AZE": (("Azerbaijani", "Azeri"), ("Azerbaijanis", "Azeris")),
    "KAZ": (("Kazakhstani", "Kazakh"), ("Kazakhs", "Kazakhstanis")),
    "KGZ": (("Kyrgyz", "Kyrgyzstani"), ()),
    "TKM": (("Turkmen",), ("Turkmens",)),
    "TJK": (("Tajik", "Tajikistani"), ("Tajiks",)),
    "UZB": (("Uzbek", "Uzbekistani"), ("Uzbeks",)),
    "CIV": (("Ivorian", "Ivoirian"), ("Ivorians",)),
    "MNG": (("Mongolian",), ("Mongolians",)),
    "HRV": (("Croatian", "Croat"), ("Croats", "Croatians")),
    "DOM": (("Dominican",), ("Dominicans",)),
    "DMA": ((), ()),
    "COG": ((), ()),
    "COD": (("Congolese",), ()),
    "GUF": ((), ()), "SPM": ((), ()), "HKG": ((), ("Hong Kongers",)), "MAC": ((), ()),
    "ABW": ((), ()), "BLM": ((), ()), "MAF": ((), ()), "GIB": ((), ()), "KIR": ((), ()),
    "LIE": ((), ()), "LUX": (("Luxembourgish",), ("Luxembourgers",)), "MNP": ((), ()),
    "CXR": ((), ()), "CCK": ((), ()), "FLK": ((), ()), "VGB": ((), ()), "VIR": ((), ()),
    "VAT": ((), ()), "TCA": ((), ()), "NIU": ((), ()), "GUM": ((), ()),
}  # fmt: skip
# States of the Correlates of War list that are no more: code there, label, code here, names.
FORMER_STATES = {
    "260": ("West Germany", "DEU", ("Federal Republic of Germany", "German Federal Republic",
            "FRG"),
            ("West German",), ("West Germans",)),
    "265": ("East Germany", "DDR", ("German Democratic Republic", "GDR"),
            ("East German",), ("East Germans",)),
    "315": ("Czechoslovakia", "CSK", (), ("Czechoslovak", "Czechoslovakian"), ("Czechoslovaks",)),
    "300": ("Austria-Hungary", "", ("Austro-Hungarian Empire", "Habsburg Empire",
            "Hapsburg Empire"),
            ("Austro-Hungarian", "Habsburg", "Hapsburg"), ()),
    "817": ("South Vietnam", "VNM", ("Republic of Vietnam",),
            ("South Vietnamese",), ()),
    "678": ("North Yemen", "YEM", ("Yemen Arab Republic",), ("North Yemeni",), ()),
    "680": ("South Yemen", "YEM", ("People's Democratic Republic of Yemen",),
            ("South Yemeni",), ()),
    "730": ("Korea", "", (), ("Korean",), ("Koreans",)),
    "511": ("Zanzibar", "", (), (), ()),
    "240": ("Hanover", "", (), ("Hanoverian",), ("Hanoverians",)),
    "245": ("Bavaria", "", (), ("Bavarian",), ("Bavarians",)),
    "267": ("Baden", "", (), (), ()),
    "269": ("Saxony", "", (), ("Saxon",), ("Saxons",)),
    "271": ("Württemberg", "", (), (), ()),
    "327": ("Papal States", "", (), (), ()),
    "329": ("Kingdom of the Two Sicilies", "", ("Two Sicilies",), (), ()),
    "337": ("Grand Duchy of Tuscany", "", (), (), ()),
}  # fmt: skip
BRANCHES = ("armed forces", "army", "navy", "air force")
ALLIANCES = {"North Atlantic Treaty Organisation", "Collective Security Treaty Organization"}
BODY_LABELS = {
    "North Atlantic Treaty Organisation": ("NATO", "North Atlantic Treaty Organization"),
    "Organisation for Economic Co-operation and Development": ("OECD", ""),
    "Organization for Security and Co-operation in Europe": ("OSCE", ""),
    "International Criminal Police Organization": ("INTERPOL", ""),
}
# Bodies whose members are stated: label or local name -> (factbook's, COW's abbreviation).
BODIES = {
    "NATO": ("NATO", "NATO"), "United-Nations": ("UN", "UN"), "European-Union": ("EU", "EU"),
    "African-Union": ("AU", "AU"), "Association-of-Southeast-Asian-Nations": ("ASEAN", "ASEAN"),
    "Arab-League": ("LAS", "LOAS"), "Organization-of-American-States": ("OAS", "OAS"),
    "World-Trade-Organization": ("WTO", "WTO"), "International-Monetary-Fund": ("IMF", "IMF"),
    "International-Atomic-Energy-Agency": ("IAEA", "IAEA"), "OSCE": ("OSCE", "OSCE"),
    "International-Criminal-Court": ("ICCt", "ICC"), "Council-of-Europe": ("CE", "COE"),
    "OECD": ("OECD", "OECD"), "Organization-of-the-Petroleum-Exporting-Countries": ("OPEC", "OPEC"),
    "Collective-Security-Treaty-Organization": ("CSTO", "CSTO"),
    "Commonwealth-of-Independent-States": ("CIS", "CIS"), "Benelux": ("Benelux", ""),
    "Shanghai-Cooperation-Organisation": ("SCO", "SCO"), "Mercosur": ("Mercosur", ""),
    "Cooperation-Council-for-the-Arab-States-of-the-Gulf": ("GCC", "GCC"),
    "Caribbean-Community": ("Caricom", "CARICOM"), "Arctic-Council": ("Arctic Council", ""),
    "Southern-African-Development-Community": ("SADC", "SADC"),
    "Economic-Community-of-West-African-States": ("ECOWAS", "ECOWAS"),
    "Organisation-of-Islamic-Cooperation": ("OIC", "OIC"), "Arab-Maghreb-Union": ("AMU", "AMU"),
    "Eurasian-Economic-Union": ("EAEU", ""), "European-Free-Trade-Association": ("EFTA", ""),
    "Asian-Infrastructure-Investment-Bank": ("AIIB", ""), "Asian-Development-Bank": ("ADB", "AsDB"),
    "World-Health-Organization": ("WHO", "WHO"),
    "International-Labour-Organization": ("ILO", "ILO"),
    "Asia-Pacific-Economic-Cooperation": ("APEC", "APEC"), "Group-of-Seven": ("G-7", ""),
    "Quadrilateral-Security-Dialogue": ("Quad", ""), "Group-of-Twenty": ("G-20", ""),
    "Group-of-Eight": ("G-8", ""), "BRICS": ("BRICS", ""), "ANZUS": ("ANZUS", "ANZUS"),
    "South-Asian-Association-for-Regional-Cooperation": ("SAARC", "SAARC"),
    "Non-Aligned-Movement": ("NAM", "NAM"), "Pacific-Islands-Forum": ("PIF", "PIF"),
    "Commonwealth-of-Nations": ("Commonwealth of Nations", ""),
    "SEATO": ("", "SEATO"), "CENTO": ("", "CENTO"), "Warsaw-Pact": ("", "WPact"),
    "League-of-Nations": ("", "LoN"), "Organization-of-African-Unity": ("", "OAU"),
    "Western-European-Union": ("", "WEU"), "Comecon": ("", "CMEA"),
    "European-Economic-Community": ("", "EEC"), "European-Coal-and-Steel-Community": ("", "ECSC"),
    "General-Agreement-on-Tariffs-and-Trade": ("", "GATT"),
}  # fmt: skip
FACTBOOK_STATUS = {"member", "signatory"}
CITY_POPULATION = 300_000
# Smaller places that diplomacy made known.
KNOWN_CITIES = {
    "Geneva", "Potsdam", "Yalta", "Versailles", "Reykjavík", "Hiroshima", "Nagasaki", "The Hague",
    "Locarno", "Dayton", "Oslo", "Helsinki", "Bern", "Strasbourg", "Luxembourg", "Bonn", "Weimar",
    "Gaza", "Hebron", "Jericho", "Nablus", "Bethlehem", "Ramallah", "Port Arthur", "Vladivostok",
    "Sevastopol", "Simferopol", "Donetsk", "Luhansk", "Mariupol", "Kherson", "Grozny", "Mostar",
    "Srebrenica", "Mosul", "Fallujah", "Tikrit", "Palmyra", "Idlib", "Raqqa", "Homs", "Hamah",
    "Port Said", "Suez", "Ismaïlia", "Sharm el-Sheikh", "Bandung", "Naha", "Incheon", "Busan",
    "Kaesong", "Lhasa", "Macau", "Kandahar", "Jalalabad", "Herat", "Peshawar", "Srinagar", "Goa",
    "Nice", "Cannes", "Davos", "Maastricht", "Lisbon", "Trieste", "Gdańsk", "Kaliningrad",
    "Szczecin", "Leipzig", "Dresden", "Nürnberg", "Benghazi", "Misratah", "Sirte", "Tobruk",
    "Entebbe", "Goma", "Bukavu", "Juba", "Hargeysa", "Djibouti", "Aden", "Arusha", "Honolulu",
}  # fmt: skip
# Cities named like common words or like states: too often something else.
NOT_CITIES = {
    "Reading", "Batman", "Van", "Split", "Mobile", "Springs", "Bath", "Orange", "Como", "Tours",
    "Male", "Armenia", "Essen", "Bari", "Sari", "Puri", "Pali", "Osh", "Aba", "Rize", "Tula",
    "Buffalo",
    "Americana", "Crato", "Victoria", "Georgetown", "Hamilton", "Kingston", "Mesa", "Aurora",
    "Columbia", "Providence", "Madison", "Durham", "Salem", "Gary", "Flint", "York", "Jian", "Luan",
    "Wellington", "Lancaster", "Lincoln", "Jackson", "Trinidad", "Natal", "Paraná", "Bello", "Ife",
    "Oyo", "Iwo", "Icel", "Ibb", "Itu", "Owo", "Tema", "Mito", "Tsu", "Moshi", "Hail", "Douma",
    "Kuwait", "Granada", "Mexico", "Vitoria", "Santa Cruz", "Concepción", "Barcelona, Venezuela",
    "Sakarya", "Amol", "Arak", "Durango", "Córdoba", "San Miguel", "Soledad", "Kansas City",
    "Arlington", "Glendale", "Springfield", "Riverside", "Columbus", "Cleveland", "Birmingham",
    "Beni", "Kano", "Ica", "Palmas", "Uruguay", "Man", "Nova", "Aden", "Zama", "Sagar", "Ningbo",
    "Hue", "Jos", "Ho", "Da Nang", "Guatemala", "Panama", "Singapore", "Monaco", "Luxembourg",
    "San Marino", "Djibouti", "Andorra", "Vatican City", "Hong Kong", "Macau",
} - {"Aden", "Kano", "Ningbo", "Da Nang", "Birmingham", "Barcelona, Venezuela"}  # fmt: skip
CITY_LABELS = {
    "København": "Copenhagen", "Kiev": "Kyiv", "Bogota": "Bogotá", "Washington, D.C.": "Washington",
    "Nürnberg": "Nuremberg", "Ndjamena": "N'Djamena", "Nukualofa": "Nuku'alofa",
    "Hargeysa": "Hargeisa",
    "Port-of-Spain": "Port of Spain", "Kōbe": "Kobe",
}  # fmt: skip
CODES = {"KOS": "XKX", "SOL": "SOM", "SDS": "SSD", "PSX": "PSE", "CYN": "CYP", "ALD": "ALA"}
FEATURE_LABELS = {
    "Northern Areas": "Gilgit-Baltistan", "Falkland Is.": "", "W. Sahara": "", "N. Cyprus": "",
    "S. Georgia": "South Georgia", "Kuril Is.": "Kuril Islands", "Spratly Is.": "Spratly Islands",
    "Paracel Is.": "Paracel Islands", "Pinnacle Is.": "Senkaku Islands", "Abu Musa I.": "Abu Musa",
    "Rockall I.": "Rockall", "Belize": "", "Mayotte": "", "Gibraltar": "", "Ilemi Triange": "",
    "Br. Indian Ocean Ter.": "", "Tiran and Sanafir Is.": "Tiran and Sanafir", "Gaza": "Gaza Strip",
    "Scarborough Reef": "Scarborough Shoal", "Guantanamo Bay USNB": "Guantanamo Bay",
    "Donbass": "Donbas", "Baykonur": "Baikonur Cosmodrome", "Diego Garcia NSF": "Diego Garcia",
    "West of Essequibo River": "Essequibo", "Caribbean  Sea": "Caribbean Sea",
}  # fmt: skip
FEATURE_NAMES = {
    "Senkaku Islands": ("Diaoyu Islands", "Diaoyutai Islands", "Diaoyutai", "Senkakus", "Diaoyus",
                        "Diaoyu/Senkaku Islands", "Senkaku/Diaoyu Islands"),
    "Dokdo": ("Takeshima", "Liancourt Rocks", "Dokdo/Takeshima"),
    "Kuril Islands": ("Kurile Islands", "Kuriles", "Northern Territories"),
    "Spratly Islands": ("Spratlys",), "Paracel Islands": ("Paracels",),
    "Golan Heights": ("Golan",), "Gaza Strip": ("Gaza",), "Donbas": ("Donbass",),
    "Crimea": ("Crimean Peninsula",), "Nagorno-Karabakh": ("Karabakh",),
    "Guantanamo Bay": ("Guantanamo", "Guantánamo Bay"), "Taiwan Strait": ("Taiwan Straits",),
    "Strait of Malacca": ("Malacca Strait", "Straits of Malacca"),
    "Persian Gulf": ("Arabian Gulf",),
    "Mediterranean Sea": ("Mediterranean",), "Baltic Sea": ("Baltic",), "Caribbean Sea": (),
    "Bosporus": ("Bosphorus",), "Jammu and Kashmir": (), "Aegean Sea": ("Aegean",),
    "Adriatic Sea": ("Adriatic",), "Strait of Gibraltar": ("Straits of Gibraltar",),
}  # fmt: skip
# Kept by hand in known-states.ttl: local name, label, code, COW code (not used for joins).
KNOWN_STATES = (
    ("Soviet-Union", "Soviet Union", "SUN", ""),
    ("Yugoslavia", "Yugoslavia", "YUG", ""),
    ("Ottoman-Empire", "Ottoman Empire", "", ""),
    ("Prussia", "Prussia", "", ""),
    ("North-Vietnam", "North Vietnam", "VNM", ""),
    ("Nazi-Germany", "Nazi Germany", "DEU", ""),
    ("Republic-of-China", "Republic of China", "", ""),
    ("Qing-China", "Qing China", "CHN", ""),
)

# Republics whose head of government leads them, and monarchies whose monarch rules.
LED_BY_GOVERNMENT = {
    "ALB", "AUT", "BGD", "BGR", "CZE", "DEU", "EST", "ETH", "FIN", "GRC", "HRV", "HUN", "IND",
    "IRL", "IRQ", "ISL", "ISR", "ITA", "LBN", "LVA", "MKD", "MLT", "NPL", "PAK", "PRT", "SGP",
    "SVK",
    "SVN", "TTO", "XKX", "THA", "MYS", "KHM", "JPN",
}  # fmt: skip
RULED_BY_MONARCH = {
    "ARE", "BHR", "BRN", "JOR", "KWT", "LIE", "MAR", "MCO", "OMN", "QAT", "SAU", "SWZ", "VAT",
}  # fmt: skip
