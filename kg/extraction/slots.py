"""Which tokens fill a frame's slot around its trigger: subject, object, prepositions, bearer, each.

The lexicon names the slots; this module knows the constructions: active, passive, relative,
participial, controlled, conjoined, nominal, appositive, copular.
"""

from __future__ import annotations

from kg.extraction.complements import (
    Scene,
    find_cased,
    find_modifiers,
    find_names_beside,
    find_oblique,
    find_parties,
)
from kg.extraction.tree import (
    NOMINAL,
    PASSIVE_SUBJECTS,
    SUBJECTS,
    Tree,
    find_conjuncts,
    find_first_conjunct,
    find_relative,
    is_gerund,
    is_infinitive,
    is_passive,
    is_relative_word,
    is_time,
    read_case,
    read_mark,
    walk_up,
)
from kg.iris import CUE

__all__ = [
    "Scene",
    "fill_slot",
    "find_agent",
    "find_bearer",
    "find_object",
    "find_subject",
    "find_surface_subject",
]

_LINKING = frozenset({"become", "remain", "stay", "prove", "constitute", "represent", "form"})
_EMBEDDED = ("xcomp", "ccomp", "advcl", "acl")
_DEPTH = 6
# Prepositions by which a verb without object reaches what it acts on.
_AIMING = frozenset({"for", "to", "into", "with", "in", "on", "against", "toward", "over"})
# "One of the members", and verbs by which a set is counted out ("the members include …").
_ONES = frozenset({"one", "some", "two", "three", "many", "most", "several", "both"})
_COUNTING = frozenset({"include", "comprise"})


def fill_slot(scene: Scene, trigger: int, slot: str) -> list[int]:
    """The head tokens that fill a slot of the trigger; empty where nothing does."""
    tree = scene.tree
    if "." in slot:
        return _fill_path(scene, trigger, *slot.split(".", 1))
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


def _fill_path(scene: Scene, trigger: int, first: str, rest: str) -> list[int]:
    """Fill a slot of what fills a slot ("complement.object")."""
    steps = _step(scene, trigger, first)
    found = [f for i in steps for f in fill_slot(scene, i, rest)]
    if found or (first, rest) != ("complement", "object"):
        return found
    return _find_oblique_aims(scene, steps)


def _step(scene: Scene, trigger: int, slot: str) -> list[int]:
    if slot in {"complement", "clause"}:
        tree = scene.tree
        above = tree.head(trigger)
        if above is not None and _is_equated(tree, trigger):
            return [v for v in find_conjuncts(tree, above) if _acts(tree, v, above)]
        acts = [c for c in tree.under(trigger, *_EMBEDDED) if _is_complement(scene, c)]
        return [v for act in acts for v in find_conjuncts(tree, act) if _acts(tree, v, act)]
    return fill_slot(scene, trigger, slot)


def _find_oblique_aims(scene: Scene, acts: list[int]) -> list[int]:
    """What intransitive acts are directed at ("led officials to look for ways")."""
    tree = scene.tree
    return [
        c
        for act in acts
        if not is_passive(tree, act) and not tree.under(act, "xcomp", "ccomp")
        for c in tree.under(act, "obl")
        if read_case(tree, c) in _AIMING
    ][:1]


def _acts(tree: Tree, verb: int, first: int) -> bool:
    """Whether a coordinated verb carries on the first act without a subject of its own."""
    return verb == first or (tree.pos(verb) == "VERB" and not tree.under(verb, *SUBJECTS, "aux"))


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
    if is_gerund(tree, verb) and read_mark(tree, verb) == "at":
        return []
    if role in {"conj", "parataxis"}:
        first = above
        if tree.pos(first) in {"VERB", "AUX"} or tree.under(first, "cop"):
            if is_passive(tree, first):
                return tree.under(first, *PASSIVE_SUBJECTS) or find_object(scene, first)
            return find_subject(scene, first, depth + 1)
        return []
    if role == "acl":
        return _subject_of_description(scene, verb, above, depth)
    if role == "acl:relcl":
        return [above] if not tree.under(verb, *SUBJECTS) else []
    if role in {"xcomp", "advcl", "ccomp"} and _controls_by_object(scene, verb, above):
        return find_object(scene, above) or tree.under(above, "iobj")
    if role in {"xcomp", "advcl", "ccomp", "obl", "csubj", "nmod"}:
        if tree.pos(above) in {"VERB", "AUX", "ADJ"} or tree.under(above, "cop", "nsubj"):
            return find_surface_subject(scene, above, depth + 1)
        return find_agent(scene, above) if tree.pos(above) == "NOUN" else []
    return []


def _subject_of_description(scene: Scene, verb: int, noun: int, depth: int) -> list[int]:
    """Who does what a clause hung on a noun says: the noun, its agent or whose clause it is."""
    tree = scene.tree
    if is_infinitive(tree, verb):
        return find_agent(scene, noun) or find_cased(tree, noun, "of")
    if is_gerund(tree, verb) and tree.under(verb, "mark", "case"):
        return [noun] if scene.is_name(noun) else find_agent(scene, noun)
    if _is_loose(tree, verb, noun):
        governing = next((v for v in walk_up(tree, noun) if tree.pos(v) == "VERB"), noun)
        return find_surface_subject(scene, governing, depth + 1) or [noun]
    return [noun] if not is_passive(tree, verb) else []


def _is_loose(tree: Tree, verb: int, noun: int) -> bool:
    """Whether a participle after a comma was hung on the object before it."""
    return (
        tree.tokens[verb - 1].text == ","
        and is_gerund(tree, verb)
        and tree.role(noun) in {"obj", "obl", "nmod", "conj"}
    )


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
        return _past_filler(tree, verb, objects)
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


def _past_filler(tree: Tree, verb: int, objects: list[int]) -> list[int]:
    """In "made it hard for X to …" the object is X; "it" only keeps its place."""
    if tree.tokens[objects[0]].text.casefold() != "it":
        return objects
    judged = [verb, *(c for c in tree.under(verb, "xcomp") if tree.pos(c) == "ADJ")]
    found = [f for c in judged for f in find_cased(tree, c, "for")]
    acts = [a for c in judged for a in tree.under(c, "advcl", "ccomp", "xcomp")]
    return found or [s for a in acts for s in tree.under(a, "nsubj")] or objects


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


def find_agent(scene: Scene, noun: int, depth: int = 0) -> list[int]:
    """Who does what the noun says: possessive, "by" phrase, name before it, its verb's subject."""
    tree = scene.tree
    if noun in scene.within:
        return find_names_beside(scene, noun)
    owner = tree.under(noun, "nmod:poss")
    if owner:
        return owner
    agents = find_cased(tree, noun, "by")
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
    governing = _governing_agent(scene, noun)
    if governing or tree.pos(above) == "VERB":
        return governing
    role = tree.role(noun)
    if role == "conj" and tree.pos(above) in {"NOUN", "PROPN"}:
        return tree.under(above, "nmod:poss") or _governing_agent(scene, above)
    if role == "nmod" and read_case(tree, noun) == "of" and tree.pos(above) == "NOUN":
        return find_agent(scene, above, depth + 1)
    return []


def _governing_agent(scene: Scene, noun: int) -> list[int]:
    above = scene.tree.head(noun)
    if above is None or scene.tree.pos(above) != "VERB":
        return []
    return _agent_of_verb(scene, noun, above)


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


def find_bearer(scene: Scene, word: int, depth: int = 0) -> list[int]:
    """What a noun or adjective is said of: copula, apposition, "as", linking verb, attribute."""
    tree = scene.tree
    if word in scene.within and (scene.within[word] != word or find_names_beside(scene, word)):
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
    if role == "nsubj" and tree.lemma(above) in _COUNTING:
        return tree.under(above, "obj")
    if _shares_bearer(tree, word, above):
        return find_bearer(scene, above, depth + 1)
    if tree.pos(word) in {"ADJ", "VERB"} and role in {"amod", "acl", "acl:relcl"}:
        return [above]
    apposed = tree.under(word, "appos", "flat")
    if apposed and role != "xcomp":
        return apposed
    if role in {"compound", "nmod:desc", "amod"} and above > word and scene.is_name(above):
        return [above]
    if role == "nsubj" and tree.under(above, "cop") and tree.pos(above) in NOMINAL:
        return [above]
    return _predicative_bearer(scene, word, above, role)


def _shares_bearer(tree: Tree, word: int, above: int) -> bool:
    """Whether a word is said of what the word above it is said of ("one of the members")."""
    if tree.role(word) == "conj":
        return not tree.under(word, "nsubj")
    counted = tree.role(word) == "nmod" and tree.lemma(above) in _ONES
    return counted and read_case(tree, word) == "of"


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
