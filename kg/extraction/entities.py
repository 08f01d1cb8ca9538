"""Identity: which phrases of the article are the same thing, and what each thing is.

Named mentions meet by gazetteer entry or by name; pronouns and bare definite descriptions are
resolved to what stands before them; every other phrase is a described thing, one node for each
kind and wording.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rdflib import URIRef

from kg.extraction.cues import CueIndex
from kg.extraction.discourse import (
    DEFINITE,
    find_speaker,
    is_known_pair,
    is_pronoun,
    is_sort,
    is_speaker,
    resolve_pronoun,
)
from kg.extraction.phrases import join_words, phrase_tokens, span_of
from kg.extraction.tree import SUBJECTS, Tree, find_conjuncts, read_case
from kg.iris import CUE, KG, mint_entity
from kg.model import Document, Entity, Mention, MentionForm, Span
from kg.vocabulary import Vocabulary

_NO_HEADS = frozenset({"DET", "ADP", "PUNCT", "AUX", "CCONJ", "SCONJ", "PART", "ADV", "INTJ"})
_SINGLE_STATE = frozenset({"country", "nation", "state", "kingdom", "republic"})
_LISTED_KINDS = frozenset({KG.Group, KG.Person, KG.State, KG.Government, KG.Alliance})
_BODIES = frozenset({KG.Organization, KG.Alliance, KG.Agreement})
# Adjectives and nouns that tell more of a thing named before, and do not pick out another.
_SAME_THING = frozenset({"new", "independent", "island", "entire", "whole", "resulting", "young",
                         "defeated", "disputed", "current", "incoming", "bilateral", "latter",
                         "beleaguered", "divided", "isolated", "tiny", "small"})  # fmt: skip
# A noun that any name of its kind answers to, whatever words that name has.
_BARE_KINDS = frozenset({"alliance"})
_BACK_KINDS = frozenset({KG.Agreement, KG.Alliance, KG.Organization, KG.Event, KG.Government,
                         KG.ArmedForce, KG.Place, KG.Policy})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Argument:
    """An end of a claim: the thing, and the phrase of this sentence that stands for it."""

    entity: URIRef
    kind: URIRef
    span: Span
    named: bool


@dataclass(slots=True)
class _Draft:
    kind: URIRef
    label: str
    entry: URIRef | None
    country: str | None
    mentions: dict[tuple[Span, MentionForm], Mention] = field(default_factory=dict)


class Cast:
    """The things of one article; described things join as claims refer to them."""

    def __init__(
        self,
        document: Document,
        trees: Sequence[Tree],
        mentions: Sequence[Mention],
        vocabulary: Vocabulary,
    ) -> None:
        self._document = document
        self._trees = trees
        self._vocabulary = vocabulary
        self._cues = CueIndex(vocabulary.cues)
        self._drafts: dict[URIRef, _Draft] = {}
        self._named: dict[tuple[int, int], tuple[URIRef, Mention]] = {}
        self._inside: dict[tuple[int, int], tuple[URIRef, Mention]] = {}
        self._order: list[tuple[int, int, URIRef]] = []
        for mention in mentions:
            self._admit(mention)
        speaker = find_speaker(trees, mentions)
        self._speaker: URIRef | None = None
        if speaker is not None:
            self._speaker = self._named[speaker.sentence, speaker.head][0]

    def entities(self) -> tuple[Entity, ...]:
        """Every thing, ordered by its first mention."""
        made = [
            Entity(
                iri=iri,
                kind=draft.kind,
                label=draft.label,
                mentions=tuple(
                    sorted(draft.mentions.values(), key=lambda m: (m.span, m.form.value))
                ),
                entry=draft.entry,
                country=draft.country,
            )
            for iri, draft in self._drafts.items()
        ]
        return tuple(sorted(made, key=lambda e: (e.mentions[0].span, e.iri)))

    def is_name(self, sentence: int, token: int) -> bool:
        """Whether a named mention is headed at a token."""
        return (sentence, token) in self._named

    def named_in(self, sentence: int) -> Mapping[int, URIRef]:
        """The heads of the named mentions of a sentence."""
        return {t: iri for (s, t), (iri, _) in self._named.items() if s == sentence}

    def persons_over(self, sentence: int) -> Mapping[int, int]:
        """For each token of a person's mention with its title, the head of that mention."""
        return {
            t: mention.head
            for (s, t), (_, mention) in self._inside.items()
            if s == sentence and mention.kind == KG.Person
        }

    def kind(self, iri: URIRef) -> URIRef:
        """The kind of a thing."""
        return self._drafts[iri].kind

    def label(self, iri: URIRef) -> str:
        """The label of a thing."""
        return self._drafts[iri].label

    def refer(self, sentence: int, token: int, depth: int = 0) -> list[Argument]:
        """What the phrase headed at a token stands for: one thing, or several for a set."""
        tree = self._trees[sentence]
        several = self._sorted_names(sentence, token, depth)
        if several:
            return several
        named = self._lookup(sentence, token)
        if named is not None:
            iri, mention = named
            found = [Argument(iri, self._drafts[iri].kind, mention.span, named=True)]
            return [*self._shared_head(sentence, mention), *found]
        alone = tree.tokens[token].text.casefold() == "both" and tree.pos(token) == "DET"
        if tree.pos(token) in _NO_HEADS and not alone:
            return []
        if alone or tree.pos(token) == "PRON" or is_pronoun(tree.tokens[token].text):
            return self._refer_pronoun(sentence, token, depth)
        through = self._see_through(sentence, token, depth)
        if through:
            return through
        back = self._refer_back(sentence, token)
        if back:
            return back
        return self._describe(sentence, token)

    def refer_body(self, sentence: int, token: int, bound: URIRef) -> list[Argument]:
        """The body or agreement last named before a noun that tells of its members."""
        span = self._trees[sentence].tokens[token].span
        for iri in self._before(sentence, token):
            kind = self._drafts[iri].kind
            if kind in _BODIES and self._vocabulary.is_a(kind, bound):
                return [Argument(iri, kind, span, named=True)]
        return []

    def _shared_head(self, sentence: int, mention: Mention) -> list[Argument]:
        """Read "the British and French Governments": both adjectives share the noun."""
        shared: list[Argument] = []
        start = mention.span.start
        for other in sorted(
            (m for (s, _), (_, m) in self._named.items() if s == sentence),
            key=lambda m: m.span,
            reverse=True,
        ):
            if other.kind != mention.kind or other.form is not MentionForm.ADJECTIVE:
                continue
            between = self._document.text[other.span.end : start].strip()
            if other.span.end <= start and between in {"and", ",", ", and", "or"}:
                iri = self._named[sentence, other.head][0]
                shared.append(Argument(iri, other.kind, other.span, named=True))
                start = other.span.start
        return shared[::-1]

    def _lookup(self, sentence: int, token: int) -> tuple[URIRef, Mention] | None:
        named = self._named.get((sentence, token))
        if named is not None:
            return named
        covering = self._inside.get((sentence, token))
        if covering is not None and self._trees[sentence].pos(token) in {"PROPN", "NOUN"}:
            head = self._trees[sentence].head(token)
            apart = (
                self._trees[sentence].pos(token) == "PROPN"
                and head is not None
                and (not covering[1].span.covers(self._trees[sentence].tokens[head].span))
            )
            if covering[1].head == head or covering[1].kind == KG.Person or apart:
                return covering
        return None

    def _admit(self, mention: Mention) -> None:
        iri = (
            mention.entry
            or self._find_fuller(mention)
            or mint_entity(self._document.iri, mention.kind, mention.name)
        )
        draft = self._drafts.get(iri)
        if draft is None:
            draft = _Draft(mention.kind, mention.name, mention.entry, mention.country)
            self._drafts[iri] = draft
        draft.mentions[mention.span, mention.form] = mention
        draft.country = draft.country or mention.country
        key = (mention.sentence, mention.head)
        held = self._named.get(key)
        if held is None or _length(held[1]) < _length(mention):
            self._named[key] = (iri, mention)
        tree = self._trees[mention.sentence]
        for i, token in enumerate(tree.tokens):
            if mention.span.covers(token.span):
                known = self._inside.get((mention.sentence, i))
                if known is None or _length(known[1]) < _length(mention):
                    self._inside[mention.sentence, i] = (iri, mention)
        self._order.append((mention.sentence, mention.head, iri))

    def _find_fuller(self, mention: Mention) -> URIRef | None:
        """The agreement or body named before that "the Protocol" or "the League" is short for."""
        word = mention.name.casefold()
        if mention.kind not in _BACK_KINDS or self._vocabulary.nouns.get(word) is None:
            return None
        before = self._trees[mention.sentence].tokens[: mention.head][-1:]
        if not before or before[0].text.casefold() != "the":
            return None
        for _, _, iri in reversed(self._order):
            draft = self._drafts[iri]
            if draft.kind == mention.kind and word in draft.label.casefold().split():
                return iri
        return None

    def _refer_pronoun(self, sentence: int, token: int, depth: int) -> list[Argument]:
        if depth > 3:
            return []
        tree = self._trees[sentence]
        if self._speaker is not None and is_speaker(tree.tokens[token].text):
            self._note(self._speaker, tree, sentence, token, [token], MentionForm.PRONOUN)
            kind = self._drafts[self._speaker].kind
            return [Argument(self._speaker, kind, tree.tokens[token].span, named=True)]
        if not is_pronoun(tree.tokens[token].text):
            return []
        heads = resolve_pronoun(self._trees, sentence, token, self._describe_briefly)
        out: list[Argument] = []
        for where, head in heads:
            for argument in self.refer(where, head, depth + 1):
                self._note(argument.entity, tree, sentence, token, [token], MentionForm.PRONOUN)
                span = tree.tokens[token].span
                out.append(Argument(argument.entity, argument.kind, span, argument.named))
        return out

    def _describe_briefly(self, sentence: int, token: int) -> tuple[URIRef, bool] | None:
        named = self._named.get((sentence, token))
        tree = self._trees[sentence]
        if named is not None:
            return self._drafts[named[0]].kind, True
        if (sentence, token) in self._inside or tree.pos(token) not in {"NOUN", "PROPN"}:
            return None
        if tree.role(token) in {"compound", "nmod:unmarked", "obl:unmarked", "flat", "fixed"}:
            return None
        return self._kind_of_noun(tree, token), False

    def _kind_of_noun(self, tree: Tree, token: int) -> URIRef:
        kind = self._vocabulary.nouns.get(tree.lemma(token))
        form = tree.tokens[token].text.casefold()
        kind = kind or self._vocabulary.nouns.get(form)
        unmarked = kind is None and form.endswith("s")
        kind = kind or self._vocabulary.nouns.get(form.removesuffix("s"))
        plural = unmarked or "Number=Plur" in tree.tokens[token].features
        if kind in {KG.Person, KG.State} and plural:
            return KG.Group
        if kind in {KG.Government, KG.Alliance} and plural:
            return KG.Group
        return kind or KG.Concept

    def _see_through(self, sentence: int, token: int, depth: int) -> list[Argument]:
        """A generic head or a "such as" list means the things it introduces."""
        tree = self._trees[sentence]
        items = [
            c
            for c in tree.children[token]
            if c > token and read_case(tree, c) in {"such_as", "including", "like"}
        ]
        if items and depth < 3:
            named = [
                a
                for c in find_conjuncts(tree, items[0])
                for a in self.refer(sentence, c, depth + 1)
            ]
            if named and (any(a.named for a in named) or read_case(tree, items[0]) != "including"):
                return named
        listed = self._apposed_names(sentence, token, depth)
        if listed:
            return listed
        if self._cues.has(tree, token, CUE.Generic):
            inner = [c for c in tree.under(token, "nmod") if read_case(tree, c) == "of"]
            if inner and depth < 3:
                return [
                    a
                    for c in find_conjuncts(tree, inner[0])
                    for a in self.refer(sentence, c, depth + 1)
                ]
        return []

    def _sorted_names(self, sentence: int, token: int, depth: int) -> list[Argument]:
        """The things named after a plural that says what they are ("the republics of A and B")."""
        tree = self._trees[sentence]
        if not is_sort(tree, token) or depth > 2:
            return []
        owned = [c for c in tree.under(token, "nmod") if read_case(tree, c) == "of"]
        parts = find_conjuncts(tree, owned[0]) if owned else []
        if len(parts) < 2 or not all((sentence, c) in self._named for c in parts):
            return []
        return [a for c in parts for a in self.refer(sentence, c, depth + 1)]

    def _apposed_names(self, sentence: int, token: int, depth: int) -> list[Argument]:
        """The names in apposition to a description ("six members: Belgium, France, …")."""
        tree = self._trees[sentence]
        if depth > 2 or self._kind_of_noun(tree, token) not in _LISTED_KINDS:
            return []
        found: list[Argument] = []
        for child in tree.under(token, "appos", "dep", "parataxis"):
            if child < token:
                continue
            members = [c for c in _chain(tree, child) if (sentence, c) in self._named]
            found.extend(a for c in members for a in self.refer(sentence, c, depth + 1))
        kinds = {a.kind for a in found}
        actors = all(self._vocabulary.is_a(kind, KG.Actor) for kind in kinds)
        return list(dict.fromkeys(found)) if actors else []

    def _refer_back(self, sentence: int, token: int) -> list[Argument]:
        """What a bare definite description ("the two countries", "the treaty") refers back to."""
        tree = self._trees[sentence]
        lemma = tree.lemma(token)
        words = {tree.tokens[c].text.casefold() for c in tree.children[token]}
        span_tokens = phrase_tokens(tree, token, wide=False)
        span = span_of(tree, span_tokens)
        if is_known_pair(tree, token):
            return [
                self._mark(iri, tree, sentence, token, span_tokens)
                for iri in self._last_states(sentence, token, 2)
            ]
        if self._speaker is not None and lemma in _SINGLE_STATE and words & {"my", "our"}:
            return [self._mark(self._speaker, tree, sentence, token, span_tokens)]
        modifiers = [
            c
            for c in tree.under(token, "amod", "nmod", "compound", "nmod:poss", "acl", "acl:relcl")
            if tree.lemma(c) not in _SAME_THING
        ]
        if not words & DEFINITE or modifiers or "Number=Plur" in tree.tokens[token].features:
            return self._refer_leader(sentence, token, span_tokens, span)
        if lemma in _SINGLE_STATE:
            return [
                self._mark(iri, tree, sentence, token, span_tokens)
                for iri in self._last_subject(sentence, token)
            ]
        kind = self._vocabulary.nouns.get(lemma)
        if kind in _BACK_KINDS:
            for iri in self._before(sentence, token):
                draft = self._drafts[iri]
                worded = re.search(rf"\b{re.escape(lemma)}\b", draft.label.casefold())
                if draft.kind == kind and (worded or lemma in _BARE_KINDS):
                    return [self._mark(iri, tree, sentence, token, span_tokens)]
        return []

    def _refer_leader(
        self, sentence: int, token: int, span_tokens: list[int], span: Span
    ) -> list[Argument]:
        """Read "the Egyptian leader" as the person of that country named before."""
        tree = self._trees[sentence]
        if self._vocabulary.nouns.get(tree.lemma(token)) != KG.Person:
            return []
        if "Number=Plur" in tree.tokens[token].features or tree.under(token, "nmod", "appos"):
            return []
        countries = {
            self._drafts[self._named[sentence, c][0]].country
            for c in tree.under(token, "amod", "compound", "nmod:poss")
            if (sentence, c) in self._named
        }
        if not countries:
            return []
        for iri in self._before(sentence, token):
            draft = self._drafts[iri]
            if draft.kind == KG.Person and draft.country in countries and draft.country:
                return [self._mark(iri, tree, sentence, token, span_tokens)]
        return []

    def _before(self, sentence: int, token: int) -> list[URIRef]:
        """The named things before a place in the text, nearest first, each once."""
        earlier = [iri for s, t, iri in self._order if (s, t) < (sentence, token)]
        return list(dict.fromkeys(reversed(earlier)))

    def _last_states(self, sentence: int, token: int, count: int) -> list[URIRef]:
        states = [i for i in self._before(sentence, token) if self._drafts[i].kind == KG.State]
        return states[:count] if len(states) >= count else []

    def _last_subject(self, sentence: int, token: int) -> list[URIRef]:
        """The state that the sentence before was about, else the last one named."""
        last = self._last_states(sentence, token, 1)
        for number, head, iri in reversed(self._order):
            if number == sentence - 1 and self._trees[number].role(head) in SUBJECTS:
                return [iri] if self._drafts[iri].kind == KG.State else last
        return last

    def _mark(
        self, iri: URIRef, tree: Tree, sentence: int, token: int, tokens: list[int]
    ) -> Argument:
        self._note(iri, tree, sentence, token, tokens, MentionForm.NOMINAL)
        return Argument(iri, self._drafts[iri].kind, span_of(tree, tokens), named=True)

    def _note(
        self,
        iri: URIRef,
        tree: Tree,
        sentence: int,
        token: int,
        tokens: list[int],
        form: MentionForm,
    ) -> None:
        draft = self._drafts[iri]
        span = span_of(tree, tokens)
        draft.mentions.setdefault(
            (span, form),
            Mention(
                span, sentence, token, form, draft.kind, draft.label, draft.entry, draft.country
            ),
        )

    def _describe(self, sentence: int, token: int) -> list[Argument]:
        tree = self._trees[sentence]
        wide = phrase_tokens(tree, token, wide=True)
        narrow = phrase_tokens(tree, token, wide=False)
        label = self._label(sentence, narrow)
        if not re.search(r"[A-Za-z]{2}", label):
            return []
        kind = self._kind_of_noun(tree, token) if tree.pos(token) != "VERB" else KG.Concept
        country = None
        if self._vocabulary.is_a(kind, KG.Actor):
            countries = [
                self._drafts[self._named[sentence, c][0]].country
                for c in narrow
                if (sentence, c) in self._named
            ]
            country = next((c for c in countries if c), None)
        iri = mint_entity(self._document.iri, kind, label)
        if iri not in self._drafts:
            self._drafts[iri] = _Draft(kind, label, None, country)
        self._note(iri, tree, sentence, token, wide, MentionForm.NOMINAL)
        return [Argument(iri, kind, span_of(tree, wide), named=False)]

    def _label(self, sentence: int, tokens: list[int]) -> str:
        """The phrase as a name, its possessive pronoun replaced by what it stands for."""
        tree = self._trees[sentence]
        first = tree.tokens[tokens[0]]
        if (
            tokens
            and first.role == "nmod:poss"
            and (is_pronoun(first.text) or (self._speaker is not None and is_speaker(first.text)))
        ):
            owners = self._refer_pronoun(sentence, tokens[0], 1)
            rest = join_words(tree, tokens[1:])
            if len(owners) == 1 and self._drafts[owners[0].entity].label:
                return f"{self._drafts[owners[0].entity].label}'s {rest}"
            return rest
        return join_words(tree, tokens)


def _chain(tree: Tree, i: int) -> list[int]:
    """A token and all coordinated with or apposed to it: parsers chain lists either way."""
    found = [i]
    for token in found:
        found.extend(tree.under(token, "conj", "appos"))
    return sorted(found)


def _length(mention: Mention) -> int:
    return mention.span.end - mention.span.start


def resolve_entities(
    document: Document, trees: Sequence[Tree], mentions: Sequence[Mention], vocabulary: Vocabulary
) -> Cast:
    """Gather the named things of an article, which the claims then refer to."""
    return Cast(document, trees, mentions, vocabulary)
