"""Which language a text is written in, as far as needed to refuse what is not English."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from kg.documents.words import split_set

UNTOLD = "no language"
_SAMPLE = 200_000
_FEWEST_WORDS = 12
_WORD = re.compile(r"[^\W\d_]+")

# Function words, none of them shared with English spelling where that would mislead.
_PROFILES = {
    "English": "the of and to in is was for that on with as by it from at an be are this which has "
    "have had not were been its their his would will but or he they who",
    "French": "le la les des et du une dans est que pour qui sur par au aux avec ce cette ses sont "
    "pas plus il elle ont été leur mais ou comme nous entre",
    "German": "der die das und den dem des ein eine einer von zu mit ist auf für nicht sich im als "
    "auch es werden wird sind hat bei nach über durch wurde zur zum",
    "Spanish": "el la los las de del que y en un una por con para se es su al como más fue sus ha "
    "pero este esta entre han sobre también desde",
    "Italian": "il la lo gli le di del della dei che e per un una con non sono nel nella è alla al "
    "dal si come più anche ha tra questo delle degli",
    "Portuguese": "os de da dos das que e em um uma para com não por na nos nas ao mais "
    "foi é são entre pelo pela também seu sua",
    "Dutch": "de het een van en dat op te voor met zijn niet aan er ook als bij door naar uit maar "
    "om heeft worden werd wordt hebben tussen deze",
    "Swedish": "och att det som en på är av för med den till inte om ett har var från vid kan "
    "ska mellan också",
    "Danish or Norwegian": "og det som en på er af av med den til ikke om et har de var fra "
    "ved kan skal mellem mellom også",
    "Polish": "i w na z do że się nie jest o za po przez od dla jako oraz ale przed są był była "
    "które który ich jego",
    "Turkish": "ve bir bu da de ile için olarak olan daha çok gibi sonra kadar ama ancak en ise "
    "tarafından göre",
    "Indonesian or Malay": "yang dan di dengan untuk pada dari ini itu dalam tidak akan oleh "
    "adalah sebagai juga telah kepada mereka",
    "Vietnamese": "và của các là có cho trong được với những một không này người khi đã về từ",
    "Romanian": "și în de la cu pe care din că este nu un o au fost pentru mai sunt între prin",
    "Czech or Slovak": "na se že je pro ale jako které který jsou byl nebo také podle když není "
    "sa nie aj ktoré ktorý",
    "Hungarian": "az és hogy nem egy meg volt ez csak de mint már vagy el még",
    "Finnish": "ja on ei että se oli ovat myös sekä kun hän mutta joka ole tai",
}
_SETS = {language: split_set(words) for language, words in _PROFILES.items()}
_SCRIPTS = {
    "CYRILLIC": "Russian or another language in Cyrillic",
    "CJK": "Chinese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "GREEK": "Greek",
    "ARABIC": "Arabic, Persian or Urdu",
    "HEBREW": "Hebrew",
    "THAI": "Thai",
    "DEVANAGARI": "Hindi",
    "BENGALI": "Bengali",
    "TAMIL": "Tamil",
    "ARMENIAN": "Armenian",
    "GEORGIAN": "Georgian",
    "ETHIOPIC": "Amharic",
}


def detect_foreign(text: str) -> str | None:
    """The probable language of a text that is not English, None if it is English or too short.

    Judged by script, then by which language's function words are the most frequent.
    """
    sample = text[:_SAMPLE]
    return _judge_script(sample) or _judge_words(sample)


def _judge_script(sample: str) -> str | None:
    letters = Counter(character for character in sample if character.isalpha())
    scripts: Counter[str] = Counter()
    for letter, count in letters.items():
        scripts[unicodedata.name(letter, "UNKNOWN").split()[0].split("-")[0]] += count
    total = scripts.total()
    if total == 0 or scripts["LATIN"] >= 0.6 * total:
        return None
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > 0.1 * total:
        return "Japanese"
    del scripts["LATIN"]
    script = scripts.most_common(1)[0][0] if scripts else "UNKNOWN"
    return _SCRIPTS.get(script, f"a language in {script.capitalize()} script")


def _judge_words(sample: str) -> str | None:
    words = _WORD.findall(sample.casefold())
    if len(words) < _FEWEST_WORDS:
        return None
    counts = Counter(words)
    shares = {
        language: sum(counts[word] for word in profile) / len(words)
        for language, profile in _SETS.items()
    }
    english = shares.pop("English")
    language, share = max(shares.items(), key=lambda item: item[1])
    if share > english and share >= 0.08 and len(_SETS[language] & counts.keys()) >= 3:
        return language
    if english < 0.08 and len(words) >= 60:
        return UNTOLD
    return None
