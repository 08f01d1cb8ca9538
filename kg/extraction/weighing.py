"""How well something fits a name in its context: the parts of a score, and what they make together.

The choice among the gazetteer's namesakes in the reading and the ranking of what the outside
offers both weigh by this page. All values lie in [0, 1]: 0 speaks against, 1 for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

from kg.model import Period

Parts = tuple[tuple[str, float], ...]

WEIGHTS: Mapping[str, float] = {
    "name": 0.35, "type": 0.15, "time": 0.20, "company": 0.20, "prior": 0.10
}  # fmt: skip
"""How much each part counts; they sum to one."""

EVEN = 0.5
"""What a part counts of which nothing is known."""

NAME_NEEDED = 0.7
"""A name that fits less than this takes from the whole score, whatever else fits."""

FOREIGN_STATE = 0.4
"""What company counts for a state of which nothing else is near: states are named by strangers."""

STRANGE_KIND = 0.2
"""What the type counts of something whose class is none that our kinds have there."""

TIME_NEEDED = 0.3
"""A time that fits less than this takes up to two fifths of the whole score."""

LINK, EXACT, OPEN, MARGIN = 0.70, 0.75, 0.35, 0.05
"""From which score on something is taken, and taken for the same; from which it is worth asking a
human; and by how much the best must lead the second to be taken at all."""

_JOINERS = frozenset({"of", "the", "for", "and", "on", "in", "de", "du", "des", "la", "le", "et"})
_CLOSE_WORDS = 0.95  # Austria and Australia reach 0.93, Niger and Nigeria 0.94.


def combine_parts(parts: Iterable[tuple[str, float]]) -> float:
    """The score of parts, in [0, 1]: their weighted mean, the unknown counting as even odds.

    A name that hardly fits, a kind that cannot be, and what did not yet or no longer exist take
    their share of the whole.
    """
    known = dict(parts)
    mean = sum(weight * known.get(part, EVEN) for part, weight in WEIGHTS.items())
    fitting = min(1.0, known.get("name", EVEN) / NAME_NEEDED)
    if known.get("type", EVEN) == 0:
        fitting *= 0.5
    fitting *= 0.6 + 0.4 * min(1.0, known.get("time", EVEN) / TIME_NEEDED)
    return round(mean * fitting, 4)


# ------------------------------------------------------------------------------------- names


def compare_names(asked: Sequence[str], known: Sequence[str]) -> float:
    """How well the names of a thing, its label first, fit those of another, its label first.

    1 for the same label, a little less for an alias or after folding case and accents, less
    again for initials ("IAEA"), and at most 0.8 for names that only share words.
    """
    best = 0.0
    for i, name in enumerate(asked):
        for j, other in enumerate(known):
            aside = 0.0 if i == 0 and j == 0 else 0.03 if i == 0 or j == 0 else 0.06
            best = max(best, _compare(name, other) - aside)
    return round(best, 4)


def _compare(name: str, other: str) -> float:
    if name == other:
        return 1.0
    first, second = split_words(name), split_words(other)
    if not first or not second:
        return 0.0
    if first == second:
        return 0.98
    if _without_joiners(first) == _without_joiners(second):
        return 0.94
    if _is_acronym(name, second) or _is_acronym(other, first):
        return 0.85
    return 0.8 * _share_words(_without_joiners(first), _without_joiners(second))


def split_words(name: str) -> tuple[str, ...]:
    """The words of a name without case, accents, dots or punctuation."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    kept = (c for c in plain if not unicodedata.combining(c) and c not in ".'’")
    return tuple("".join(c if c.isalnum() else " " for c in kept).split())


def _without_joiners(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in _JOINERS) or words


def _is_acronym(name: str, words: tuple[str, ...]) -> bool:
    letters = "".join(c for c in name if c.isalnum()).casefold()
    short = name.replace(".", "")
    if not 2 <= len(letters) <= 8 or not short.isupper() or len(words) < 2:
        return False
    return letters in {"".join(w[0] for w in each) for each in (words, _without_joiners(words))}


def _share_words(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    """Twice the shared words over all words (Dice 1945); a slip of the pen leaves a word shared."""
    left = list(second)
    shared = 0.0
    for word in first:
        likeness, best = max(((compare_letters(word, w), w) for w in left), default=(0.0, ""))
        if likeness >= _CLOSE_WORDS:
            shared += likeness
            left.remove(best)
    return 2 * shared / (len(first) + len(second))


def compare_letters(first: str, second: str) -> float:
    """How alike two words are written, in [0, 1]: Jaro's measure as Winkler (1990) amended it."""
    if first == second:
        return 1.0
    reach = max(len(first), len(second)) // 2 - 1
    taken: set[int] = set()
    matched: list[str] = []
    for i, letter in enumerate(first):
        for j in range(max(0, i - reach), min(len(second), i + reach + 1)):
            if j not in taken and second[j] == letter:
                taken.add(j)
                matched.append(letter)
                break
    if not matched:
        return 0.0
    facing = [second[j] for j in sorted(taken)]
    swapped = sum(a != b for a, b in zip(matched, facing, strict=True)) / 2
    count = len(matched)
    jaro = (count / len(first) + count / len(second) + (count - swapped) / count) / 3
    start = next((i for i in range(min(4, count)) if first[i : i + 1] != second[i : i + 1]), 4)
    return jaro + min(start, len(first), len(second)) * 0.1 * (1 - jaro)


# -------------------------------------------------------------------------------------- time


def covers_date(start: str | None, end: str | None, date: str) -> bool:
    """Whether a span of ISO dates has something of a date, each only as precise as it is."""
    early = start is None or start[: len(date)] <= date[: len(start)]
    late = end is None or date[: len(end)] <= end[: len(date)]
    return early and late


def fit_time(
    dates: Collection[str], periods: Collection[Period], *, lasting: bool = False
) -> float | None:
    """How well the times of a thing fit the dates of what names it; None where either is unknown.

    1 within a period; 0 before the first but for a few years, as of one who was already known.
    After the last it is less and less, for texts look back at those who held office; but 0.1 for
    what lasts by itself, states and bodies.
    """
    values = [_fit_date(date, periods, lasting) for date in dates if date[:4].isdigit()]
    return round(sum(values) / len(values), 4) if values and periods else None


def _fit_date(date: str, periods: Collection[Period], lasting: bool) -> float:
    best = 0.0
    for period in periods:
        if covers_date(period.start, period.end, date):
            return 1.0
        year = int(date[:4])
        if period.end is not None and period.end < date:
            past = year - _year(period.end)
            late = 0.1 if lasting else 0.3 - min(0.2, past / 1000)
            best = max(best, 0.7 - 0.02 * past if past <= 20 and not lasting else late)
        elif not lasting and period.start is not None and _year(period.start) - year <= 5:
            best = max(best, 0.3)
    return best


def _year(date: str) -> int:
    return int(date[:4]) if date[:4].isdigit() else 0


# ----------------------------------------------------------------------------------- company


def fit_company(
    company: Collection[str],
    countries: Sequence[str],
    *,
    related: Collection[str] = (),
    country: str | None = None,
) -> float | None:
    """How well a thing fits what stands near it; None where nothing is known of either.

    1 where two of its relatives are near, 0.9 for one, 0.7 for its country (most named first: the
    later the country comes the less), 0 where all that is near is foreign to it.
    """
    near = len(set(related).intersection(company))
    if near:
        return 1.0 if near > 1 else 0.9
    if country is not None and country in countries:
        return round(max(0.5, 0.7 - 0.05 * list(countries).index(country)), 4)
    if not (countries or company) or not (country or related):
        return None
    return 0.0
