"""Nothing is fitted to a text: what the gold texts are about stands in no entry."""

import json
import re
from itertools import chain

import pytest

# Kinds whose names are descriptions rather than names (GUIDE.md, "Scoring").
_DESCRIBED = {"Policy", "Issue", "Event", "Measure", "Product", "Concept"}
_WORD = re.compile(r"[^\W\d_]+(?:[.'’-][^\W\d_]+)*\.?")
_LONG = 4
# Words of grammar: a phrase made of them and one other word ("on the basis of") is a wording of
# the language and no text's own.
_GRAMMAR = {
    *("a", "an", "the", "and", "or", "but", "not", "no", "of", "in", "on", "at", "to", "for", "as"),
    *("with", "by", "from", "than", "that", "this", "it", "its", "is", "be", "are", "was", "were"),
    *("been", "being", "have", "has", "had", "do", "does", "did", "will", "would", "can", "could"),
    *("may", "might", "shall", "should", "must", "so", "far", "up", "out", "over", "into", "onto"),
    *("upon", "under", "between", "against", "about", "after", "before", "such", "all", "any"),
    *("one", "other", "more", "most", "very", "too", "there", "their", "his", "her"),
}

# Common nouns that the treebanks happen to have as parts of names only.
_COMMON = {"amity", "crown", "khan"}


def split_words(text):
    return tuple(word.casefold().rstrip(".") for word in _WORD.findall(text))


@pytest.fixture(scope="module")
def gold(shared):
    folders = sorted((shared / "eval" / "dev").glob("*/text.txt"))
    assert folders
    return [path.parent for path in folders]


@pytest.fixture(scope="module")
def texts(gold):
    return [(folder / "text.txt").read_text(encoding="utf-8", errors="replace") for folder in gold]


@pytest.fixture(scope="module")
def entries(vocabulary):
    """Every string of the lexicon and the cues as words, with the entry that has it."""
    found = []
    for frame in {frame for frames in vocabulary.frames.values() for frame in frames}:
        strings = [frame.words, *((lemma,) for _, lemmas in frame.companions for lemma in lemmas)]
        found.extend((split_words(" ".join(string)), frame.iri) for string in strings)
    for cue in {cue for cues in vocabulary.cues.values() for cue in cues}:
        found.append((split_words(" ".join(cue.words)), cue.iri))
    assert len(found) > 1000
    return sorted(set(found))


@pytest.fixture(scope="module")
def ordinary(shared, texts, vocabulary):
    """The words that are no names: common nouns, and what is written with a small letter."""
    treebanks = sorted((shared / "training" / "treebank").glob("*/*.conllu"))
    assert treebanks
    columns = (
        line.split("\t", 2)[1]
        for path in treebanks
        for line in path.read_text(encoding="utf-8").splitlines()
        if line[:1].isdigit()
    )
    written = chain(columns, *map(_WORD.findall, texts))
    small = {word.casefold() for word in written if word[:1].islower()}
    nouns = {word for noun in vocabulary.nouns for word in split_words(noun)}
    return small | nouns | _COMMON


@pytest.fixture(scope="module")
def names(gold):
    """The names of the gold's named things."""
    rows = [
        json.loads(line)
        for folder in gold
        for line in (folder / "entities.jsonl").read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    found = {row["name"] for row in rows if row["type"] not in _DESCRIBED}
    found = {name for name in found if name != name.casefold()}
    assert len(found) > 100
    return found


def list_runs(words, length=None):
    """The runs of a sequence, of one length or of all."""
    lengths = [length] if length else range(1, len(words) + 1)
    return {words[i : i + n] for n in lengths for i in range(len(words) - n + 1)}


def find_names(entries, names, ordinary):
    """The entries that hold a gold name, or a word that only names have."""
    own = {
        (word,)
        for name in names
        for spelled in _WORD.findall(name)
        for word in split_words(spelled)
        if spelled[:1].isupper() and word not in ordinary and len(word) > 2
    }
    whole = {split_words(name) for name in names}
    sought = own | {name for name in whole if len(name) > 1}
    return [(" ".join(w), str(entry)) for w, entry in entries if sought & list_runs(w)]


def find_phrases(entries, texts):
    """The entries that hold a phrase of a text, grammar and one other word left out."""
    phrases = {run for text in texts for run in list_runs(split_words(text), _LONG)}
    phrases = {phrase for phrase in phrases if len(set(phrase) - _GRAMMAR) > 1}
    return [(" ".join(w), str(entry)) for w, entry in entries if phrases & list_runs(w, _LONG)]


def test_no_entry_has_a_name_of_the_gold(entries, names, ordinary):
    assert find_names(entries, names, ordinary) == []


def test_no_entry_has_a_phrase_of_the_gold(entries, texts):
    assert find_phrases(entries, texts) == []


def test_what_is_fitted_would_be_found(names, ordinary, texts):
    words = split_words(texts[0])
    assert find_phrases([(words[:6], "entry")], texts)
    for text in ("Japan", "the United States", "pressure on Nasser"):
        assert find_names([(split_words(text), "entry")], names, ordinary), text
    assert not find_names([(("pressure", "on"), "entry")], names, ordinary)
    assert not find_phrases([(("on", "the", "basis", "of"), "entry")], [*texts, "on the basis of"])
