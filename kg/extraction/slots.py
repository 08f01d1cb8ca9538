"""Which tokens fill a frame's slot around its trigger: subject, object, prepositions, bearer, each.

The lexicon names the slots; this module knows the constructions: active, passive, relative,
participial, controlled, conjoined, nominal, appositive, copular.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kg.extraction.cues import CueIndex
from kg.extraction.tree import (
    NOMINAL,
    PASSIVE_SUBJECTS,
    SUBJECTS,
    Tree,
    find_first_conjunct,
    find_relative,
    is_infinitive,
    is_passive,
    is_relative_word,
    is_time,
    read_case,
)
from kg.iris import CUE

_OBLIQUES = frozenset({"obl", "nmod", "obl:agent", "obl:arg", "advmod", "nmod:desc", "obl:lmod"})
_NAME_ROLES = frozenset({"compound", "amod", "nmod:poss", "nmod:desc", "nmod"})
_LINKING = frozenset({"become", "remain", "stay", "prove", "constitute", "represent", "form"})
_EMBEDDED = ("xcomp", "ccomp", "advcl", "acl")
_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Scene:
    """A tree with what is known of its tokens: the cues, and which tokens name something.

    `within` gives for each token of a named mention the head of the longest mention it lies in.
    """

    tree: Tree
    cues: CueIndex
    is_name: Callable[[int], bool]
    within: Mapping[int, int] = field(default_factory=dict)


def fill_slot(scene: Scene, trigger: int, slot: str) -> list[int]:
    """The head tokens that fill a slot of the trigger; empty where nothing does."""
    tree = scene.tree
    if "." in slot:
        first, rest = slot.split(".", 1)
        return [f for i in _step(scene, trigger, first) for f in fill_slot(scene, i, rest)]
    if slot == "subject":
        return find_subject(scene, trigger)
    if slot == "object":
        return find_object(scene, trigger)
    if slot == "self":
        return [trigger]
    if slot == "second":
        return tree.under(trigger, "iobj")
    if slot == "agent":
        return find_agent(scene, trigger)
    if slot == "bearer":
        return find_bearer(scene, trigger)
    if slot == "modifier":
        return find_modifiers(scene, trigger)
    if slot == "each":
        verbal = tree.pos(trigger) in {"VERB", "AUX"}
        parties = find_oblique(scene, trigger, "between") if verbal else []
        return parties or (find_subject if verbal else find_parties)(scene, trigger)
    if slot == "predicate":
        return tree.under(trigger, "xcomp")
    if slot == "clause":
        return [c for c in tree.under(trigger, "ccomp", "xcomp") if tree.pos(c) != "ADJ"]
    return find_oblique(scene, trigger, slot)


def _step(scene: Scene, trigger: int, slot: str) -> list[int]:
    if slot in {"complement", "clause"}:
        tree = scene.tree
        above = tree.head(trigger)
        if above is not None and _is_equated(tree, trigger):
            return [above]
        return [c for c in tree.under(trigger, *_EMBEDDED) if _is_complement(scene, c)]
    return fill_slot(scene, trigger, slot)


def _is_equated(tree: Tree, noun: int) -> bool:
    """Whether the noun is said to be an act ("the goal of the pact was to end the war")."""
    above = tree.head(noun)
    return (
        above is not None
        and tree.role(noun) in {"nsubj", "nsubj:outer", "nsubj:pass"}
        and bool(tree.under(above, "cop"))
        and is_infinitive(tree, above)
    )


def _is_complement(scene: Scene, verb: int) -> bool:
    """Whether a clause says what its governor is for, not merely describes it."""
    tree = scene.tree
    if tree.role(verb) in {"xcomp", "ccomp"} or is_infinitive(tree, verb):
        return True
    return bool(tree.under(verb, "mark", "case")) and not is_passive(tree, verb)


def find_subject(scene: Scene, verb: int, depth: int = 0) -> list[int]:
    """The logical subject of a verb, through passives, relatives, participles and control."""
    tree = scene.tree
    if tree.role(verb) == "case":
        return _whole_before(scene, verb)
    if tree.pos(verb) not in {"VERB", "AUX"} and not tree.under(verb, "cop", "nsubj"):
        return []
    if is_passive(tree, verb):
        return find_by_agent(scene, verb)
    own = _own_subjects(scene, verb)
    if own:
        return own
    return _inherited_subject(scene, verb, depth)


def _whole_before(scene: Scene, word: int) -> list[int]:
    """The phrase that "including" adds to: what its noun hangs on, or the noun before it."""
    tree = scene.tree
    item = tree.head(word)
    whole = tree.head(item) if item is not None else None
    if whole is not None and whole < word and tree.pos(whole) in NOMINAL:
        return [whole]
    before = [i for i in range(max(0, word - 4), word) if tree.pos(i) in NOMINAL]
    return before[-1:]


def find_by_agent(scene: Scene, verb: int) -> list[int]:
    """The "by" phrase of a passive verb, also one hung on a neighbouring noun."""
    tree = scene.tree
    agents = [c for c in tree.children[verb] if tree.role(c) == "obl:agent"]
    if agents:
        return agents
    if tree.role(verb) == "amod":
        before = [c for c in tree.children[verb] if c < verb and tree.pos(c) in NOMINAL]
        if before:
            return before
    agents = find_oblique(scene, verb, "by")
    return [a for a in agents if not is_time(tree, a)]


def _own_subjects(scene: Scene, verb: int) -> list[int]:
    tree = scene.tree
    own: list[int] = []
    for child in tree.children[verb]:
        if tree.role(child) not in SUBJECTS or (tree.role(child) == "expl"):
            continue
        if is_relative_word(tree, child):
            noun = find_relative(tree, verb)
            own.extend([noun] if noun is not None else [])
        elif not _is_equated(tree, child):
            own.append(child)
    return own


def _inherited_subject(scene: Scene, verb: int, depth: int) -> list[int]:
    tree = scene.tree
    above = tree.head(verb)
    if above is None or depth > _DEPTH:
        return []
    role = tree.role(verb)
    if role in {"conj", "parataxis"}:
        first = above
        if tree.pos(first) in {"VERB", "AUX"} or tree.under(first, "cop"):
            if is_passive(tree, first):
                return tree.under(first, *PASSIVE_SUBJECTS) or find_object(scene, first)
            return find_subject(scene, first, depth + 1)
        return []
    if role == "acl":
        if is_infinitive(tree, verb):
            return find_agent(scene, above) or _cased(tree, above, "of")
        return [above] if not is_passive(tree, verb) else []
    if role == "acl:relcl":
        return [above] if not tree.under(verb, *SUBJECTS) else []
    if role in {"xcomp", "advcl", "ccomp"} and _controls_by_object(scene, verb, above):
        return find_object(scene, above) or tree.under(above, "iobj")
    if role in {"xcomp", "advcl", "ccomp", "obl", "csubj", "nmod"}:
        if tree.pos(above) in {"VERB", "AUX", "ADJ"} or tree.under(above, "cop", "nsubj"):
            return find_surface_subject(scene, above, depth + 1)
        return find_agent(scene, above) if tree.pos(above) == "NOUN" else []
    return []


def _controls_by_object(scene: Scene, verb: int, above: int) -> bool:
    """Whether the object of a governing verb does what the embedded verb says.

    "urged Japan to …", "prevented Cambodia from joining …", "allowed ships to …".
    """
    tree = scene.tree
    if not scene.cues.has(tree, above, CUE.ObjectControl):
        return False
    marks = {tree.tokens[c].text.casefold() for c in tree.under(verb, "mark", "case")}
    embedded = is_infinitive(tree, verb) or bool(marks & {"from", "into", "of"})
    return (embedded or tree.role(verb) == "xcomp") and bool(
        find_object(scene, above) or tree.under(above, "iobj")
    )


def find_surface_subject(scene: Scene, verb: int, depth: int) -> list[int]:
    """What stands as subject of a governing verb, whichever its voice: it controls the rest."""
    tree = scene.tree
    if is_passive(tree, verb):
        surface = tree.under(verb, *PASSIVE_SUBJECTS)
        if surface:
            return surface
        if tree.role(verb) in {"acl", "acl:relcl"} and tree.head(verb) is not None:
            return [tree.tokens[verb].head]
        first = find_first_conjunct(tree, verb)
        return tree.under(first, *PASSIVE_SUBJECTS) if first != verb else []
    own = _own_subjects(scene, verb)
    if own:
        return own
    if tree.pos(verb) in {"VERB", "AUX", "ADJ", "NOUN"}:
        return _inherited_subject(scene, verb, depth)
    return []


def find_object(scene: Scene, verb: int) -> list[int]:
    """The logical object: of an active verb its object, of a passive one its subject."""
    tree = scene.tree
    if tree.role(verb) == "case" and tree.head(verb) is not None:
        return [tree.tokens[verb].head]
    if is_passive(tree, verb):
        return _passive_object(scene, verb)
    objects = [c for c in tree.under(verb, "obj") if not is_relative_word(tree, c)]
    if objects:
        return objects
    if tree.role(verb) in {"acl:relcl", "conj", "xcomp", "ccomp"}:
        noun = find_relative(tree, verb)
        if noun is not None and _has_object_gap(scene, verb, noun):
            return [noun]
    if tree.role(verb) == "conj" and tree.head(verb) is not None:
        shared = tree.under(verb, "obl", "ccomp", "xcomp")
        first = find_first_conjunct(tree, verb)
        if not shared and tree.pos(first) == "VERB" and first < verb:
            return [c for c in tree.under(first, "obj") if c > verb]
    following = [c for c in tree.under(verb, "conj") if tree.pos(c) == "VERB"]
    if following and not tree.under(verb, "obl", "ccomp", "xcomp"):
        last = following[-1]
        return tree.under(last, "obj")
    return []


def _has_object_gap(scene: Scene, verb: int, noun: int) -> bool:
    tree = scene.tree
    subjects = _own_subjects(scene, verb)
    if noun in subjects:
        return False
    relative = [c for c in tree.under(verb, "obj") if is_relative_word(tree, c)]
    return bool(relative) or bool(subjects) or tree.role(verb) in {"xcomp"}


def _passive_object(scene: Scene, verb: int) -> list[int]:
    tree = scene.tree
    surface = tree.under(verb, *PASSIVE_SUBJECTS)
    if surface:
        if any(is_relative_word(tree, c) for c in surface):
            noun = find_relative(tree, verb)
            return [noun] if noun is not None else []
        return surface
    above = tree.head(verb)
    if above is None:
        return []
    role = tree.role(verb)
    if role in {"acl", "acl:relcl", "amod"}:
        return [above]
    if role == "conj":
        if tree.pos(above) in {"VERB", "AUX"}:
            return find_surface_subject(scene, above, 0)
        return []
    if role in {"advcl", "xcomp", "ccomp"}:
        if scene.cues.has(tree, above, CUE.ObjectControl):
            return find_object(scene, above) or find_surface_subject(scene, above, 0)
        return find_surface_subject(scene, above, 0)
    return []


def find_oblique(scene: Scene, head: int, preposition: str) -> list[int]:
    """The phrases with a preposition under a trigger, also those hung one place beside it."""
    tree = scene.tree
    found = _cased(tree, head, preposition)
    if found:
        return found
    stranded = _stranded(scene, head, preposition)
    if stranded:
        return stranded
    if tree.pos(head) in {"VERB", "AUX", "ADJ"}:
        for child in tree.under(head, "obj", "xcomp", "nsubj:pass", "compound:prt", "advmod"):
            found = [f for f in _cased(tree, child, preposition) if f > head]
            if found:
                return found
    above = tree.head(head)
    governed = tree.role(head) in {"obj", "nsubj:pass", "obl", "xcomp"}
    if above is not None and tree.pos(head) in NOMINAL and above < head and governed:
        return [f for f in _cased(tree, above, preposition) if f > head]
    if tree.role(head) == "conj" and above is not None:
        first = find_first_conjunct(tree, head)
        return [f for f in _cased(tree, first, preposition) if f > head]
    later = [c for c in tree.under(head, "conj") if tree.pos(c) == tree.pos(head)]
    return [f for c in later[-1:] for f in _cased(tree, c, preposition)]


def _cased(tree: Tree, head: int, preposition: str) -> list[int]:
    return [
        c
        for c in tree.children[head]
        if tree.role(c).split(":")[0] in {"obl", "nmod", "advmod"}
        and read_case(tree, c) == preposition
        and not is_relative_word(tree, c)
    ]


def _stranded(scene: Scene, verb: int, preposition: str) -> list[int]:
    """The noun of a relative clause whose preposition is left behind or stands before "which"."""
    tree = scene.tree
    if tree.pos(verb) != "VERB":
        return []
    for child in tree.children[verb]:
        before_which = is_relative_word(tree, child) and read_case(tree, child) == preposition
        left_behind = (
            tree.role(child) in {"obl", "advmod", "compound:prt", "case"}
            and tree.tokens[child].text.casefold() == preposition
            and not tree.under(child, "obj", "nmod")
            and tree.pos(child) == "ADP"
        )
        if before_which or left_behind:
            noun = find_relative(tree, verb)
            if noun is not None:
                return [noun]
            if left_behind and is_passive(tree, verb):
                return []
    return []


def find_agent(scene: Scene, noun: int, depth: int = 0) -> list[int]:
    """Who does what the noun says: possessive, "by" phrase, name before it, its verb's subject."""
    tree = scene.tree
    if noun in scene.within:
        return _names_beside(scene, noun)
    owner = tree.under(noun, "nmod:poss")
    if owner:
        return owner
    agents = _cased(tree, noun, "by")
    if agents:
        return agents
    names = [c for c in find_modifiers(scene, noun) if scene.is_name(c)]
    if names:
        return names
    for child in tree.under(noun, "acl"):
        if is_passive(tree, child):
            by = find_by_agent(scene, child)
            if by:
                return by
    above = tree.head(noun)
    if above is None or depth > 2:
        return []
    if tree.pos(above) == "VERB":
        return _agent_of_verb(scene, noun, above)
    role = tree.role(noun)
    if role == "conj" and tree.pos(above) in {"NOUN", "PROPN"}:
        return find_agent(scene, above, depth + 1)
    if role == "nmod" and read_case(tree, noun) == "of" and tree.pos(above) == "NOUN":
        return find_agent(scene, above, depth + 1)
    return []


def _agent_of_verb(scene: Scene, noun: int, verb: int) -> list[int]:
    tree = scene.tree
    role = tree.role(noun)
    supported = scene.cues.has(tree, verb, CUE.Support)
    if role == "obj" and supported:
        return find_subject(scene, verb)
    if role == "nsubj:pass" and supported:
        return find_by_agent(scene, verb)
    if role == "obl" and (supported or read_case(tree, noun) in {"in", "under"}):
        return find_subject(scene, verb)
    return []


def _names_beside(scene: Scene, title: int) -> list[int]:
    """The names before a title inside one mention ("Egyptian President Nasser")."""
    mention = scene.within[title]
    return [
        i
        for i in range(max(0, title - 6), title)
        if scene.within.get(i) == mention and scene.is_name(i) and i != mention
    ]


def find_modifiers(scene: Scene, noun: int) -> list[int]:
    """What stands before a noun in a compound or as an adjective made from a name."""
    tree = scene.tree
    return [
        c
        for c in tree.children[noun]
        if c < noun
        and tree.role(c) in _NAME_ROLES
        and not read_case(tree, c)
        and (tree.pos(c) in NOMINAL or scene.is_name(c))
        and tree.role(c) != "nmod:poss"
    ]


def find_parties(scene: Scene, noun: int) -> list[int]:
    """The parties of a mutual noun: "between A and B", "the A-B treaty", "of A and B"."""
    tree = scene.tree
    for preposition in ("between", "among", "amongst", "of", "by", "involving"):
        phrases = _cased(tree, noun, preposition)
        if phrases and (tree.under(phrases[0], "conj") or preposition in {"between", "among"}):
            return phrases
    names = [c for c in _deep_modifiers(scene, noun) if scene.is_name(c)]
    return names if len(names) > 1 else []


def _deep_modifiers(scene: Scene, noun: int) -> list[int]:
    """Names chained before a noun: the parser hangs "US-Japan alliance" in several ways."""
    tree = scene.tree
    found: list[int] = []
    for child in tree.children[noun]:
        if child < noun and tree.role(child) in {*_NAME_ROLES, "conj", "dep", "appos", "flat"}:
            if read_case(tree, child):
                continue
            found.extend([*_deep_modifiers(scene, child), child])
            found.extend(c for c in tree.children[child] if child < c < noun and scene.is_name(c))
    return sorted(set(found))


def find_bearer(scene: Scene, word: int, depth: int = 0) -> list[int]:
    """What a noun or adjective is said of: copula, apposition, "as", linking verb, attribute."""
    tree = scene.tree
    if word in scene.within and (scene.within[word] != word or _names_beside(scene, word)):
        return [scene.within[word]]
    above = tree.head(word)
    if tree.under(word, "cop"):
        own = _own_subjects(scene, word) or tree.under(word, "nsubj:pass")
        if own:
            return own
        return _inherited_subject(scene, word, 0)
    if above is None or depth > 2:
        return tree.under(word, "nsubj")
    role = tree.role(word)
    if role == "appos":
        return [above]
    if role == "conj" and not tree.under(word, "nsubj"):
        return find_bearer(scene, find_first_conjunct(tree, word), depth + 1)
    if tree.pos(word) in {"ADJ", "VERB"} and role in {"amod", "acl", "acl:relcl"}:
        return [above]
    apposed = tree.under(word, "appos", "flat")
    if apposed:
        return apposed
    if role in {"compound", "nmod:desc", "amod"} and above > word and scene.is_name(above):
        return [above]
    if role == "nsubj" and tree.under(above, "cop") and tree.pos(above) in NOMINAL:
        return [above]
    return _predicative_bearer(scene, word, above, role)


def _predicative_bearer(scene: Scene, word: int, above: int, role: str) -> list[int]:
    tree = scene.tree
    if tree.pos(above) != "VERB":
        return []
    if role in {"xcomp", "obj"} and tree.lemma(above) in _LINKING:
        return find_surface_subject(scene, above, 0)
    if role == "xcomp":
        return find_object(scene, above) or find_surface_subject(scene, above, 0)
    if role in {"obl", "advcl"} and read_case(tree, word) == "as":
        if is_passive(tree, above):
            return _passive_object(scene, above)
        objects = find_object(scene, above)
        return objects if objects and word > above else find_surface_subject(scene, above, 0)
    if role == "advcl":
        return find_surface_subject(scene, above, 0)
    return []
