"""How Archigos names its leaders: mostly surnames, full names only in linked articles' titles."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from itertools import pairwise
from urllib.parse import unquote

from kg.iris import make_slug

# Full names that no table gives, from general knowledge; keyed by state and Archigos' label.
FULL_NAMES = {
    ("USA", "Carter"): "Jimmy Carter", ("USA", "G.H.W. Bush"): "George H. W. Bush",
    ("GBR", "Salisbury"): "Lord Salisbury", ("GBR", "Rosebery"): "Lord Rosebery",
    ("GBR", "Bonar Law"): "Andrew Bonar Law", ("GBR", "Brown"): "Gordon Brown",
    ("GBR", "Cameron"): "David Cameron", ("CAN", "King"): "William Lyon Mackenzie King",
    ("CAN", "Chretien"): "Jean Chrétien", ("CAN", "Harper"): "Stephen Harper",
    ("CUB", "Castro"): "Fidel Castro", ("MEX", "Calderon"): "Felipe Calderón",
    ("MEX", "Echeverria Alvarez"): "Luis Echeverría", ("BRA", "Rousseff"): "Dilma Rousseff",
    ("ARG", "Videla"): "Jorge Rafael Videla", ("ARG", "Alfonsin"): "Raúl Alfonsín",
    ("FRA", "Mendes-France"): "Pierre Mendès France", ("FRA", "Sarkozy"): "Nicolas Sarkozy",
    ("FRA", "Giscard D'Estaing"): "Valéry Giscard d'Estaing",
    ("FRA", "Hollande"): "François Hollande",
    ("ESP", "Gonzalez Marquez"): "Felipe González", ("ESP", "Suarez Gonzalez"): "Adolfo Suárez",
    ("ESP", "Rodriguez Zapatero"): "José Luis Rodríguez Zapatero",
    ("ESP", "Rajoy Brey"): "Mariano Rajoy",
    ("DEU", "Merkel"): "Angela Merkel", ("POL", "Kaczynski"): "Lech Kaczyński",
    ("CSK", "Masaryk"): "Tomáš Masaryk", ("CSK", "Hacha"): "Emil Hácha",
    ("CSK", "Dubcek"): "Alexander Dubček", ("ITA", "D'Alema"): "Massimo D'Alema",
    ("ITA", "Monti"): "Mario Monti", ("ITA", "Letta"): "Enrico Letta",
    ("ITA", "Renzi"): "Matteo Renzi",
    ("SUN", "Lenin"): "Vladimir Lenin", ("SUN", "Malenkov"): "Georgy Malenkov",
    ("SUN", "Khrushchev"): "Nikita Khrushchev", ("SUN", "Brezhnev"): "Leonid Brezhnev",
    ("SUN", "Andropov"): "Yuri Andropov", ("UKR", "Yushchenko"): "Viktor Yushchenko",
    ("UKR", "Yanukovych"): "Viktor Yanukovych", ("COD", "Kasavubu"): "Joseph Kasavubu",
    ("ETH", "Mengistu Marriam"): "Mengistu Haile Mariam", ("ZAF", "Verwoerd"): "Hendrik Verwoerd",
    ("ZAF", "Zuma"): "Jacob Zuma", ("ZAF", "Malan"): "D. F. Malan",
    ("LBY", "Qaddafi"): "Muammar Qaddafi", ("IRN", "Khamenei"): "Ali Khamenei",
    ("IRN", "Mohammad Mossadeg"): "Mohammad Mossadegh",
    ("IRN", "Rafsanjani"): "Akbar Hashemi Rafsanjani", ("IRN", "Khatami"): "Mohammad Khatami",
    ("IRN", "Ahmadinejad"): "Mahmoud Ahmadinejad", ("IRN", "Rouhani"): "Hassan Rouhani",
    ("TUR", "Inonu"): "İsmet İnönü", ("TUR", "Demirel"): "Süleyman Demirel",
    ("TUR", "Evren"): "Kenan Evren", ("IRQ", "Karrim Kassem"): "Abd al-Karim Qasim",
    ("IRQ", "al-Maliki"): "Nouri al-Maliki", ("IRQ", "al-Abadi"): "Haider al-Abadi",
    ("IRQ", "al-Jaafari"): "Ibrahim al-Jaafari", ("EGY", "Mubarak"): "Hosni Mubarak",
    ("EGY", "Tantawi"): "Mohamed Hussein Tantawi", ("EGY", "Morsi"): "Mohamed Morsi",
    ("EGY", "Mansour"): "Adly Mansour", ("EGY", "al-Sisi"): "Abdel Fattah el-Sisi",
    ("JOR", "Abdullah Ibn Hussein El-Hashimi"): "Abdullah II",
    ("ISR", "Ben Gurion"): "David Ben-Gurion",
    ("ISR", "Allon"): "Yigal Allon", ("ISR", "Shamir"): "Yitzhak Shamir",
    ("ISR", "Netanyahu"): "Benjamin Netanyahu", ("ISR", "Olmert"): "Ehud Olmert",
    ("SAU", "Saud"): "King Saud", ("SAU", "Faisal"): "King Faisal",
    ("SAU", "Khalid"): "King Khalid",
    ("SAU", "Aziz"): "Ibn Saud", ("CHN", "Tz'u Hsi"): "Empress Dowager Cixi",
    ("JPN", "Katsura"): "Katsura Tarō", ("JPN", "Yonai"): "Mitsumasa Yonai",
    ("JPN", "Tojo"): "Hideki Tojo", ("JPN", "Suzuki, Kantaro"): "Kantarō Suzuki",
    ("JPN", "Uchida"): "Kōsai Uchida", ("JPN", "Murayama"): "Tomiichi Murayama",
    ("JPN", "Obuchi"): "Keizō Obuchi", ("JPN", "Hatoyama Yukio"): "Yukio Hatoyama",
    ("JPN", "Kato, Tomosaburo"): "Katō Tomosaburō", ("IND", "Vajpayee"): "Atal Bihari Vajpayee",
    ("IND", "Shekhar"): "Chandra Shekhar", ("IND", "Pratap Singh"): "V. P. Singh",
    ("PAK", "Jinnah"): "Muhammad Ali Jinnah", ("PAK", "Musharraf"): "Pervez Musharraf",
    ("PAK", "Zardari"): "Asif Ali Zardari", ("VNM", "Le Duan"): "Lê Duẩn",
    ("VNM", "Phu Trong"): "Nguyễn Phú Trọng", ("VNM", "Van Thieu"): "Nguyen Van Thieu",
    ("VNM", "Minh"): "Duong Van Minh", ("PHL", "Ramos"): "Fidel V. Ramos",
    ("IDN", "Habibie"): "B. J. Habibie", ("IDN", "Wahid"): "Abdurrahman Wahid",
    ("IDN", "Bambang Yudhoyono"): "Susilo Bambang Yudhoyono", ("AUS", "Keating"): "Paul Keating",
    ("AUS", "Rudd"): "Kevin Rudd", ("AUS", "Gillard"): "Julia Gillard",
    ("AUS", "Abbott"): "Tony Abbott",
    ("KOR", "Chun Doo Hwan"): "Chun Doo-hwan", ("KOR", "Roh Tae Woo"): "Roh Tae-woo",
    ("KOR", "Kim Young Sam"): "Kim Young-sam", ("KOR", "Kim Dae Jung"): "Kim Dae-jung",
    ("KOR", "Roh Moo Hyun"): "Roh Moo-hyun", ("KOR", "Lee Myung Bak"): "Lee Myung-bak",
    ("SYR", "Kuwatli"): "Shukri al-Quwatli", ("GRC", "Karamanlis"): "Konstantinos Karamanlis",
    ("DEU", "Wilhelm II"): "Kaiser Wilhelm II", ("DEU", "Wilhelm I"): "Kaiser Wilhelm I",
    ("RUS", "Nicholas II"): "Nicholas II", ("CHN", "Li Yuan-Hung"): "Li Yuanhong",
    ("CHN", "Chang Tso-lin"): "Zhang Zuolin", ("CHN", "Tuan Chi-jui"): "Duan Qirui",
}  # fmt: skip
# Surnames where the usual one is not the last word, or Archigos' spelling is not the usual one.
SURNAMES = {
    "Kaiser Wilhelm II": "", "Kaiser Wilhelm I": "", "Nicholas II": "", "Abdullah II": "",
    "Katsura Tarō": "Katsura", "Katō Tomosaburō": "Katō", "King Saud": "", "King Faisal": "",
    "King Khalid": "", "Empress Dowager Cixi": "Cixi", "Mengistu Haile Mariam": "Mengistu",
    "William Lyon Mackenzie King": "Mackenzie King",
    "Valéry Giscard d'Estaing": "Giscard d'Estaing",
    "Pierre Mendès France": "Mendès France", "José Luis Rodríguez Zapatero": "Zapatero",
    "Nguyen Van Thieu": "Thieu", "Lê Duẩn": "Lê Duẩn", "Duong Van Minh": "Minh",
    "Ho Chi Minh": "Ho",
    "Andrew Bonar Law": "Bonar Law", "Ibn Saud": "Ibn Saud", "Napoleon III": "",
    "Pol Pot": "Pol Pot",
    "Saddam Hussein": "Saddam", "Gamal Abdel Nasser": "Nasser", "Anwar Sadat": "Sadat",
    "Ngo Dinh Diem": "Diem", "Josip Broz Tito": "Tito", "Sukarno": "Sukarno", "U Nu": "U Nu",
    "Mao Zedong": "Mao", "Deng Xiaoping": "Deng", "Chiang Kai-shek": "Chiang", "Kim Il-sung": "Kim",
    "Kim Jong-il": "Kim", "Syngman Rhee": "Rhee", "Park Chung-hee": "Park", "Yuan Shikai": "Yuan",
    "Haile Selassie I": "Haile Selassie", "Haile Selassie": "Haile Selassie",
}  # fmt: skip
# States that Archigos files under the code of their successor or has no code for.
UNION_START, UNION_END = "1922-12-30", "1991-12-26"
COW_STATES = {
    "260": ("DEU", "West-Germany"), "265": ("DDR", "East-Germany"),
    "315": ("CSK", "Czechoslovakia"),
    "300": ("", "Austria-Hungary"), "817": ("VNM", "South-Vietnam"), "678": ("YEM", "North-Yemen"),
    "680": ("YEM", "South-Yemen"), "730": ("", "Korea"),
}  # fmt: skip


def place_term(row: dict[str, str], states: Mapping[str, str]) -> tuple[str, str]:
    """The country code and the state's entry of an Archigos row, by the time of its term."""
    cow, start = row["cow"], row["valid_from"]
    code = row["iso3"]
    in_union = (row["valid_until"] or "9999") >= UNION_START and start < UNION_END
    if cow == "365" and in_union and row["label"] != "Yeltsin":
        return "SUN", "Soviet-Union"
    if cow == "345" and "1918" <= start < "1992":
        return "YUG", "Yugoslavia"
    if cow == "640" and start < "1920":
        return "", "Ottoman-Empire"
    if cow == "816" and start < "1976":
        return "VNM", "North-Vietnam"
    if cow == "260" and start >= "1990-10-03":
        return "DEU", states["DEU"]
    if cow == "260" and row["label"] == "Kohl":
        return "DEU", states["DEU"]
    if cow in COW_STATES:
        return COW_STATES[cow]
    return code, states.get(code, "")


def read_name(row: dict[str, str]) -> tuple[str, str, bool]:
    """A leader's full name where given, the surname, and whether the row's link is of that leader.

    A link whose title holds no word like the label is of something else and is dropped.
    """
    label = re.sub(r"\s*\(.*?\)", "", row["label"]).strip()
    code, _ = place_term(row, {"DEU": "Germany"})
    known = FULL_NAMES.get((code or row["iso3"], row["label"]))
    if known:
        return known, SURNAMES.get(known, known.split()[-1]), bool(row["dbpedia"])
    surname, _, given = label.partition(", ")
    title = unquote(row["dbpedia"].rsplit("/", 1)[-1]).replace("_", " ")
    title = re.sub(r"\s*\(.*?\)|, .*$", "", title).strip()
    title = "" if "\ufffd" in title else title
    if re.match(r"Premiership|Presidency|List|President|Prime|House|Government", title):
        title = re.sub(r"^(Premiership|Presidency) of ", "", title)
        if " of " in title or len(title.split()) < 2:
            return label, surname, False
        return title, title.split()[-1], False
    if title:
        word = find_like(surname, title)
        if word:
            family = title.split()[0] if code in {"CHN", "KOR", "PRK", "TWN"} else word
            regnal = re.search(r"\b[IVX]+$| of ", title)
            return title, SURNAMES.get(title, "" if regnal else family), True
    if given and "." not in given:
        return f"{given} {surname}", surname, False
    if " of " in label:
        return label, "", False
    last = label.split()[-1] if " " in label else surname
    last = "" if re.fullmatch(r"[IVX]+|[A-Z]\.|[a-z]+", last) else last
    if code in {"CHN", "KOR", "PRK", "TWN"} and " " in label:
        last = label.split()[0]
    return (surname if given else label), SURNAMES.get(label, last), False


def find_like(surname: str, title: str) -> str:
    """The word of a title that is the surname, spelled the same or nearly."""

    def fold(word: str) -> str:
        return make_slug(word).lower().replace("-", "")

    parts = surname.replace(".", " ").replace("-", " ").split()
    wanted = [fold(w) for w in [surname, *parts] if len(w) > 2]
    words = title.split()
    best, score = "", 0.0
    for word in [*(" ".join(pair) for pair in pairwise(words)), *words]:
        for want in wanted:
            ratio = difflib.SequenceMatcher(None, fold(word), want).ratio()
            if ratio > score:
                best, score = word, ratio
    return best if score >= 0.74 else ""
