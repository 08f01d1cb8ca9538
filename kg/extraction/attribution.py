"""Who holds a claim, whether it is denied and how surely it is said, from the words above it.

The judgement climbs the parse from the trigger to the root. Nearer cues win over farther ones;
what a relative or finite adverbial clause says is not coloured by the modality of its main clause,
but whoever reports the main clause reports the rest as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rdflib import URIRef

from kg.extraction.slots import Scene, find_agent, find_subject
from kg.extraction.tree import (
    Tree,
    find_first_conjunct,
    is_infinitive,
    is_passive,
    read_case,
    walk_subtree,
)
from kg.iris import CUE
from kg.model import Modality, Polarity

_MODALITIES = {
    CUE.Predicted: Modality.PREDICTED,
    CUE.Possible: Modality.POSSIBLE,
    CUE.Desired: Modality.DESIRED,
}
_SELVES = frozenset({"it", "he", "she", "they", "we", "i"})
CUE_ATTRIBUTE = "attribute"
_ONLY = frozenset({"only", "just", "merely", "solely", "simply"})
_OPENERS = frozenset({"had", "were", "should"})
_TIMES = frozenset({"after", "since", "upon", "when", "while", "despite", "although", "though"})
_BEARING = frozenset({"aux", "mark", "advmod", "case", "det", "cc", "cc:preconj"})
_MODIFIERS = {
    "cc",
    "aux",
    "advmod",
    "mark",
    "det",
    "cc:preconj",
    "obl",
    "case",
    "aux:pass",
    "discourse",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a claim is said: `holders` are the tokens of whoever is reported to hold it."""

    polarity: Polarity
    modality: Modality
    holders: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of the climb: the token, the one below it, how that hangs on it, what carries."""

    token: int
    complements: frozenset[str]
    carries: bool
    below: int | None = None


def judge(scene: Scene, trigger: int) -> Judgement:
    """Read polarity, modality and holder of what the trigger says."""
    negatives = 0
    modality: Modality | None = None
    holders: list[int] = []
    for step in _climb(scene, trigger):
        effects = list(_own_effects(scene, step, trigger))
        if step.carries:
            negatives += sum(effect == CUE.Negative for effect in effects)
            modality = _weigh(scene, modality, effects, step)
        if not holders:
            holders = _find_holders(scene, step, effects)
    if not holders:
        holders = _find_source_phrase(scene, trigger)
    polarity = Polarity.NEGATIVE if negatives % 2 else Polarity.POSITIVE
    return Judgement(polarity, modality or Modality.ASSERTED, tuple(holders))


def _weigh(
    scene: Scene, modality: Modality | None, effects: list[URIRef], step: _Step
) -> Modality | None:
    """The modality so far, or what a higher word makes of it.

    "Will" under a word of hoping or of likelihood only says when: "hopes that A will …".
    """
    if modality is Modality.PREDICTED and "future" in step.complements:
        for cue in scene.cues.at(scene.tree, step.token):
            if "future" in cue.complements and cue.effect in _MODALITIES:
                return _MODALITIES[cue.effect]
    return modality or next((_MODALITIES[e] for e in effects if e in _MODALITIES), None)


def _climb(scene: Scene, trigger: int) -> Iterator[_Step]:
    tree = scene.tree
    token, carries = trigger, True
    yield _Step(token, frozenset(), carries)
    seen = {token}
    while True:
        above = tree.head(token)
        if above is None or above in seen:
            return
        complements = _complement(tree, token, above)
        carries = carries and _carries(scene, token, above)
        seen.add(above)
        if tree.role(token) == "conj":
            shares = not tree.under(token, "nsubj", "nsubj:pass", "aux", "cop")
            yield _Step(above, frozenset({"conj"}), carries and shares)
            carries = carries and (shares or tree.pos(above) in {"NOUN", "PROPN"})
        else:
            yield _Step(above, complements, carries, token)
        token = above


def _complement(tree: Tree, token: int, above: int) -> frozenset[str]:
    role = tree.role(token)
    if role in {"ccomp", "parataxis"} or (role == "acl:relcl" and _is_content(tree, token)):
        return frozenset({"that", "clause", *_mood(tree, token)})
    if role in {"xcomp", "acl", "advcl", "csubj", "ccomp"}:
        if is_infinitive(tree, token):
            return frozenset({"infinitive"})
        if any(tree.tokens[c].text.casefold() == "that" for c in tree.under(token, "mark")):
            return frozenset({"that", "clause"})
        marks = {tree.tokens[c].text.casefold() for c in tree.under(token, "mark", "case")}
        return frozenset({"gerund", *marks} if role != "xcomp" else {"gerund", "bare", *marks})
    case = read_case(tree, token)
    if role in {"obj", "nsubj:pass"}:
        return frozenset({"noun"})
    if case:
        return frozenset({"prep-noun", case})
    return frozenset({"other"})


def _is_content(tree: Tree, verb: int) -> bool:
    """Whether "that" marks a clause ("the hope that A …"); a relative "that" is an end of it."""
    return any(tree.tokens[c].text.casefold() == "that" for c in tree.under(verb, "mark"))


def _mood(tree: Tree, verb: int) -> set[str]:
    if any(tree.lemma(c) in {"will", "would", "shall"} for c in tree.under(verb, "aux")):
        return {"future"}
    return {"subjunctive"} if _is_subjunctive(tree, verb) else set()


def _is_subjunctive(tree: Tree, verb: int) -> bool:
    """Whether a clause has a bare verb after a subject that is one ("that Argentina leave")."""
    subjects = tree.under(verb, "nsubj", "nsubj:pass")
    if not subjects or tree.under(verb, "aux") or not _is_content(tree, verb):
        return False
    if "Number=Plur" in tree.tokens[subjects[0]].features or tree.under(subjects[0], "conj"):
        return False
    finite = next(iter(tree.under(verb, "cop", "aux:pass")), verb)
    form = tree.tokens[finite].text.casefold()
    return form == "be" or (finite == verb and tree.pos(verb) == "VERB" and _is_bare(tree, verb))


def _is_bare(tree: Tree, verb: int) -> bool:
    token = tree.tokens[verb]
    return token.text.casefold() == token.lemma and "Tense=Past" not in token.features


def _carries(scene: Scene, token: int, above: int) -> bool:
    """Whether the modality of what stands above still colours what stands below."""
    tree = scene.tree
    role = tree.role(token)
    if role in {"xcomp", "ccomp", "csubj", "conj"}:
        return True
    if role == "obj" or role == "nsubj:pass":
        return True
    if role == "obl" and scene.cues.has(tree, above, CUE.Support):
        return True
    if role == "acl":
        return is_infinitive(tree, token) or bool(tree.under(token, "mark", "case"))
    if role == "acl:relcl":
        return _is_content(tree, token)
    if role == "advcl":
        if any(tree.tokens[c].text.casefold() in _TIMES for c in tree.under(token, "mark", "case")):
            return False
        finite = tree.under(token, "nsubj", "nsubj:pass", "cop")
        return not finite and not is_infinitive(tree, token) and token > above
    return role in {"nmod", "obl"} and read_case(tree, token) in {"of", "for", "to"}


def _own_effects(scene: Scene, step: _Step, trigger: int) -> Iterator[URIRef]:
    """The effects of a token on the climb: of its own word on its complement, of its modifiers."""
    tree = scene.tree
    if step.token != trigger and "conj" not in step.complements:
        for cue in scene.cues.at(tree, step.token):
            if not cue.complements or cue.complements & step.complements:
                yield cue.effect
    passes = step.token == trigger or _passes_modifiers(scene, step)
    if not passes:
        return
    for child in tree.children[step.token]:
        if tree.role(child) in _MODIFIERS:
            yield from _modifier_effects(scene, step.token, child)
            if step.token == trigger:
                yield from _leading_effects(scene, child)
    if step.token == trigger:
        yield from _attribute_effects(scene, trigger)
        if _is_inverted(tree, trigger):
            yield CUE.Possible
    if (step.token == trigger or "by" in step.complements) and _is_purpose(scene, step.token):
        yield CUE.Desired


def _is_purpose(scene: Scene, verb: int) -> bool:
    """Whether an infinitive tells what for ("met to sign"), not what somebody was brought to do."""
    tree = scene.tree
    above = tree.head(verb)
    if above is None or not is_infinitive(tree, verb):
        return False
    if tree.role(verb) == "advcl":
        return not (scene.cues.has(tree, above, CUE.ObjectControl) and tree.under(above, "obj"))
    return tree.role(verb) == "acl" and tree.pos(above) == "NOUN"


def _is_inverted(tree: Tree, verb: int) -> bool:
    """Whether the auxiliary opens the clause, and it asks nothing ("Had A attacked B, …")."""
    subjects = tree.under(verb, "nsubj", "nsubj:pass")
    helpers = tree.under(verb, "aux", "aux:pass", "cop")
    if not subjects or not helpers or helpers[0] > subjects[0]:
        return False
    first = min(c for c in tree.children[verb] if tree.role(c) not in {"punct", "cc"})
    opens = first == helpers[0] and tree.tokens[first].text.casefold() in _OPENERS
    return opens and tree.tokens[-1].text != "?"


def _leading_effects(scene: Scene, child: int) -> Iterator[URIRef]:
    """The effects of an adverb of several words, found at its first ("no longer").

    "No longer only by A, but by B" denies nothing.
    """
    tree = scene.tree
    first = min(tree.children[child], default=child)
    if tree.role(child) == "advmod" and first < child:
        for cue in scene.cues.at(tree, first):
            spans = first + len(cue.words) == child + 1 and len(cue.words) > 1
            limited = any(t.text.casefold() in _ONLY for t in tree.tokens[child : child + 4])
            denies = cue.effect == CUE.Negative and not limited
            if spans and (denies or cue.effect in _MODALITIES):
                yield cue.effect


def _attribute_effects(scene: Scene, noun: int) -> Iterator[URIRef]:
    """What "future", "planned" or "possible" make of the noun they stand before."""
    tree = scene.tree
    if tree.pos(noun) not in {"NOUN", "PROPN"}:
        return
    for child in tree.under(noun, "amod"):
        for cue in scene.cues.at(tree, child):
            if cue.effect in _MODALITIES and CUE_ATTRIBUTE in cue.complements:
                yield cue.effect


def _modifier_effects(scene: Scene, head: int, child: int) -> Iterator[URIRef]:
    tree = scene.tree
    role = tree.role(child)
    if role == "obl" and tree.pos(child) not in {"ADV", "ADP"}:
        return
    seen: set[URIRef] = set()
    for cue in scene.cues.at(tree, child):
        if cue.effect in seen:
            continue
        if cue.effect == CUE.Negative or cue.effect in _MODALITIES:
            if cue.complements and role not in _BEARING:
                continue
            if role == "cc" and not tree.under(head, "nsubj", "nsubj:pass", "aux"):
                continue
            after_verb = role == "advmod" and child > head and tree.pos(head) == "VERB"
            if after_verb and cue.effect == CUE.Negative:
                far = child > head + 3
                if far and tree.under(head, "obj"):
                    continue
            seen.add(cue.effect)
            yield cue.effect


def _passes_modifiers(scene: Scene, step: _Step) -> bool:
    """Whether "will", "not" and the like on a higher word bear on what it governs."""
    tree = scene.tree
    if "conj" in step.complements:
        return True
    if step.complements & {"that", "clause"}:
        return any(
            cue.effect == CUE.Raising and "that" in cue.complements
            for cue in scene.cues.at(tree, step.token)
        )
    transparent = {CUE.Support, CUE.Aspect, CUE.Raising, CUE.SubjectControl, CUE.ObjectControl}
    effects = {cue.effect for cue in scene.cues.at(tree, step.token)}
    if step.complements & {"infinitive", "gerund", "bare"}:
        return bool(effects & transparent) or tree.pos(step.token) in {"VERB", "ADJ"}
    if "noun" in step.complements or "prep-noun" in step.complements:
        return CUE.Support in effects
    return False


def _find_holders(scene: Scene, step: _Step, effects: list[URIRef]) -> list[int]:
    tree = scene.tree
    if "as" in step.complements and _takes_as(scene, step.token):
        return find_subject(scene, step.token)
    if not step.complements & {"that", "clause", "infinitive", "of", "gerund"}:
        return []
    if CUE.Desired in effects and (not step.carries or _wishes_for_self(tree, step)):
        return []
    for cue in scene.cues.at(tree, step.token):
        if cue.complements and not cue.complements & step.complements:
            continue
        if cue.effect == CUE.Report and step.complements & {"that", "clause"}:
            return find_subject(scene, step.token)
        if cue.effect == CUE.SourceNoun and step.complements & {"that", "clause"}:
            return find_agent(scene, step.token)
    return []


def _takes_as(scene: Scene, verb: int) -> bool:
    """Whether "sees B as", "regards B as" tell what the subject holds B to be."""
    return any(
        cue.effect == CUE.Report and cue.words == (scene.tree.lemma(verb), "as")
        for cue in scene.cues.cues.get(scene.tree.lemma(verb), ())
    )


def _wishes_for_self(tree: Tree, step: _Step) -> bool:
    """Whether what is wished is one's own doing ("hoped that it could buy"): said by the author."""
    if step.below is None:
        return False
    subjects = tree.under(step.below, "nsubj", "nsubj:pass")
    return bool(subjects) and tree.tokens[subjects[0]].text.casefold() in _SELVES


def _find_source_phrase(scene: Scene, trigger: int) -> list[int]:
    """Whoever a phrase such as "according to X" or "X said" beside the clause names."""
    tree = scene.tree
    for token in (trigger, *_clause_heads(tree, trigger)):
        for child in tree.children[token]:
            if tree.role(child) not in {"obl", "nmod", "advcl", "parataxis", "advmod"}:
                continue
            if tree.role(child) == "parataxis":
                if scene.cues.has(tree, child, CUE.Report) and not tree.under(child, "ccomp"):
                    return find_subject(scene, child)
                continue
            if trigger in set(walk_subtree(tree, child)):
                continue
            held = _named_source(scene, child)
            if held:
                return held
    return []


def _named_source(scene: Scene, child: int) -> list[int]:
    tree = scene.tree
    for word in tree.children[child]:
        if word > child or tree.role(word) not in {"case", "mark"}:
            continue
        for cue in scene.cues.at(tree, word):
            if cue.effect == CUE.SourcePhrase and len(cue.words) <= 2:
                if tree.pos(child) == "VERB":
                    continue
                return [child]
    if read_case(tree, child) in {"in", "from", "on", "to"}:
        owners = tree.under(child, "nmod:poss")
        if owners and _is_viewpoint(scene, child):
            return owners
        following = [c for c in tree.under(child, "nmod") if read_case(tree, c) == "of"]
        start = min(tree.children[child], default=child)
        for cue in scene.cues.at(tree, start):
            if cue.effect == CUE.SourcePhrase and len(cue.words) > 2:
                return following or find_agent(scene, child)
    if tree.pos(child) == "VERB" and tree.role(child) == "advcl":
        as_mark = any(tree.tokens[c].text.casefold() == "as" for c in tree.under(child, "mark"))
        if as_mark and scene.cues.has(tree, child, CUE.Report) and not is_passive(tree, child):
            return find_subject(scene, child)
    return []


def _is_viewpoint(scene: Scene, noun: int) -> bool:
    """Whether "in A's view" says what "in the view of A" does."""
    tree = scene.tree
    words = (read_case(tree, noun), "the", tree.tokens[noun].text.casefold(), "of")
    return any(
        cue.effect == CUE.SourcePhrase and cue.words == words
        for cue in scene.cues.cues.get(words[0], ())
    )


def _clause_heads(tree: Tree, trigger: int) -> Iterator[int]:
    token: int | None = trigger
    for _ in range(8):
        token = tree.head(find_first_conjunct(tree, token)) if token is not None else None
        if token is None:
            return
        yield token
