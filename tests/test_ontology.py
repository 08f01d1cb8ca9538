"""The ontology's files: complete, closed, in OWL 2 RL, consistent, and true to the gold."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, Node, URIRef
from rdflib.collection import Collection

from kg.iris import KG, LEX
from kg.model import MentionForm, Modality, Polarity
from kg.rdf import Triple, read_turtle, skolemise
from kg.reasoning.clauses import Clause
from kg.reasoning.closure import close_premises, read_triple
from kg.reasoning.owl import close_by_owl
from kg.reasoning.premises import Premises
from kg.reasoning.rules import load_rules, read_rule
from kg.vocabulary.files import ontology_directory

EX = Namespace("https://example.org/")
FILES = ("concord.ttl", "alignments.ttl", "lexicon-terms.ttl")
RULES = sorted((ontology_directory() / "rules").glob("*.rq"))
BUILT_IN = (str(OWL), str(RDF), str(RDFS), str(XSD))
OWN = (str(KG), str(LEX))
# Ours, and those of which the shared data have no copy.
UNCHECKED = (
    "https://w3id.org/concord/", "https://schema.org/", "http://purl.org/vocab/vann/",
    "https://creativecommons.org/", str(RDF), str(XSD),
)  # fmt: skip
PROPERTIES = {OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}

KINDS = [
    "State", "Government", "Person", "Organization", "Alliance", "ArmedForce", "Group", "Place",
    "Agreement", "Policy", "Issue", "Event", "Measure", "Product", "Concept",
]  # fmt: skip
STANDING = [
    "alliedWith", "partnerOf", "rivalOf", "memberOf", "partyTo", "headOf", "affiliatedWith",
    "partOf", "locatedIn", "dependsOn", "hasForcesIn", "claimsTerritory",
]  # fmt: skip
STANCES = ["pursues", "abandons", "prioritises", "supports", "opposes", "basedOn", "addresses"]
INTERACTIONS = [
    "meets", "visits", "negotiatesWith", "cooperatesWith", "joins", "withdrawsFrom",
    "demandsOf", "criticises", "threatens", "sanctions", "imposesTariffsOn", "aids", "protects",
    "attacks", "recognises", "promises", "tradesWith", "hasTradeDeficitWith",
]  # fmt: skip
EFFECTS = ["influences", "strengthens", "weakens", "causes"]
RELATIONS = (*STANDING, *STANCES, *INTERACTIONS, *EFFECTS)
SYMMETRIC = {
    "alliedWith", "partnerOf", "rivalOf", "meets", "negotiatesWith", "cooperatesWith", "tradesWith"
}  # fmt: skip


@cache
def read(name: str) -> Graph:
    return Graph().parse(ontology_directory() / name)


@cache
def read_all() -> Graph:
    graph = Graph()
    for name in FILES:
        graph += read(name)
    return graph


def name_of(term: Node) -> str:
    return str(term).rsplit("#", 1)[-1]


def lies_in(term: Node, spaces: tuple[str, ...]) -> bool:
    # A URIRef's own startswith takes no tuple and does not say so.
    return str(term).startswith(spaces)


def own_terms(graph: Graph) -> set[URIRef]:
    return {
        term for term in graph.subjects(RDF.type) if isinstance(term, URIRef) and lies_in(term, OWN)
    }


@cache
def ancestors(kind: URIRef) -> set[Node]:
    return set(read("concord.ttl").transitive_objects(kind, RDFS.subClassOf))


def conclude(*facts: Triple, rules: tuple[Clause, ...] = ()) -> tuple[set[Triple], tuple[str, ...]]:
    """Some facts with all that follows from them, and the contradictions among them."""
    schema = {
        triple
        for triple in skolemise(read_turtle(ontology_directory() / "concord.ttl"))
        if lies_in(triple[1], BUILT_IN) and triple[1] not in (RDFS.label, RDFS.comment)
    }
    premises = Premises(frozenset(schema), frozenset(facts), frozenset(), {})
    closure = close_premises(premises, rules)
    triples = filter(None, map(read_triple, closure.triples()))
    about_things = {t for t in triples if not lies_in(t[0], (*BUILT_IN, str(KG))) and t[0] != t[2]}
    return {*facts, *about_things}, tuple(clash.rule for clash in closure.clashes)


# ------------------------------------------------------------------------------ completeness


@pytest.mark.parametrize("name", FILES)
def test_header_tells_version_licence_and_title(name):
    graph = read(name)
    (header,) = graph.subjects(RDF.type, OWL.Ontology)
    for predicate in (OWL.versionIRI, OWL.versionInfo, DCTERMS.title, DCTERMS.description):
        assert graph.value(header, predicate), predicate
    licence = graph.value(header, DCTERMS.license)
    assert licence == URIRef("https://creativecommons.org/licenses/by-sa/4.0/")
    assert graph.value(header, OWL.imports) is None


def test_kinds_are_those_of_the_guide():
    graph = read("concord.ttl")
    assert {name_of(kind) for kind in graph.subjects(RDF.type, KG.Kind)} == set(KINDS)
    for name in KINDS:
        assert (KG[name], RDF.type, OWL.Class) in graph
        assert KG.Entity in ancestors(KG[name])


def test_relations_are_those_of_the_guide():
    graph = read("concord.ttl")
    assert len(RELATIONS) == 41
    assert {name_of(term) for term in graph.subjects(RDF.type, KG.Relation)} == set(RELATIONS)
    examples = {str(text): name_of(term) for term, text in graph.subject_objects(SKOS.example)}
    assert sorted(examples.values()) == sorted(RELATIONS)


def test_guide_lists_these_relations(shared):
    guide = (shared / "eval" / "GUIDE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| [^|]*[→↔][^|]* \|", guide, re.MULTILINE)
    assert rows == list(RELATIONS)


@pytest.mark.parametrize("name", RELATIONS)
def test_relation_is_fully_described(name):
    graph, relation = read("concord.ttl"), KG[name]
    assert (relation, RDF.type, OWL.ObjectProperty) in graph
    (example,) = graph.objects(relation, SKOS.example)
    assert example.language == "en" and example[0].isupper() and example.endswith(".")
    for predicate in (RDFS.domain, RDFS.range):
        (kind,) = graph.objects(relation, predicate)
        assert KG.Entity in ancestors(kind)
    symmetric = (relation, RDF.type, OWL.SymmetricProperty) in graph
    assert symmetric == (name in SYMMETRIC)
    assert KG.relatedTo in set(graph.transitive_objects(relation, RDFS.subPropertyOf))


def test_every_own_term_has_one_label_and_one_definition():
    graph = read_all()
    terms = own_terms(graph)
    assert len(terms) > 190
    for term in sorted(terms):
        for predicate in (RDFS.label, SKOS.definition):
            values = list(graph.objects(term, predicate))
            assert len(values) == 1, f"{term} has {len(values)} values of {predicate}"
            assert values[0].language == "en", term


@pytest.mark.parametrize("options", [Polarity, Modality, MentionForm])
def test_closed_sets_equal_the_concepts(options):
    graph = read("concord.ttl")
    concepts = list(graph.subjects(RDF.type, KG[options.__name__]))
    notations = {str(graph.value(concept, SKOS.notation)) for concept in concepts}
    assert notations == {option.value for option in options}


# ----------------------------------------------------------------------------------- closure


@pytest.mark.parametrize("name", FILES)
def test_file_declares_every_term_that_it_uses(name):
    graph = read(name)
    declared = set(graph.subjects(RDF.type))
    header = graph.value(None, RDF.type, OWL.Ontology)
    exempt = {graph.value(header, each) for each in (OWL.versionIRI, DCTERMS.license)}
    used = {
        term
        for triple in graph
        for term in triple
        if isinstance(term, URIRef) and not lies_in(term, BUILT_IN)
    }
    assert used - declared - exempt == set()


@pytest.mark.parametrize("name", FILES)
def test_no_term_is_declared_as_properties_of_two_sorts(name):
    graph = read_all()
    for term in set(read(name).subjects()):
        assert len(PROPERTIES.intersection(graph.objects(term, RDF.type))) <= 1, term


def test_terms_of_others_exist_in_their_vocabularies(shared):
    known = Graph()
    for path in sorted((shared / "vocab").glob("*.ttl")):
        known.parse(path)
    foreign = {
        term
        for triple in read_all()
        for term in triple
        if isinstance(term, URIRef) and not lies_in(term, UNCHECKED)
    }
    unknown = {term for term in foreign if (term, None, None) not in known}
    assert unknown == set()


@cache
def read_beside() -> dict[Path, list[Triple]]:
    """The lexicon, nouns and names, by file."""
    place = ontology_directory()
    paths = [path for folder in ("lexicon", "names") for path in (place / folder).glob("*.ttl")]
    return {path: read_turtle(path) for path in sorted([*paths, place / "nouns.ttl"])}


def test_lexicon_nouns_and_names_use_declared_terms_only():
    declared = own_terms(read_all())
    naming = {RDF.type, LEX.relation, LEX.subjectKind, LEX.objectKind, LEX.namesKind}
    undeclared = {
        (path.name, term)
        for path, triples in read_beside().items()
        for _, predicate, value in triples
        for term in ((predicate, value) if predicate in naming else (predicate,))
        if lies_in(term, OWN) and term not in declared
    }
    assert undeclared == set()


def test_names_fit_domains_and_ranges():
    graph = read("concord.ttl")
    names = [triple for triples in read_beside().values() for triple in triples]
    fitting = {
        thing: set().union(*map(ancestors, kinds)) for thing, kinds in group_kinds(names).items()
    }
    wrong = [
        (subject, predicate, thing)
        for subject, predicate, value in names
        if lies_in(predicate, OWN)
        for side, thing in ((RDFS.domain, subject), (RDFS.range, value))
        if isinstance(thing, URIRef) and thing in fitting
        for kind in graph.objects(predicate, side)
        if kind not in fitting[thing]
    ]
    assert wrong == []


def group_kinds(triples: list[Triple]) -> dict[Node, set[URIRef]]:
    found: dict[Node, set[URIRef]] = {}
    for subject, predicate, value in triples:
        if predicate == RDF.type and lies_in(value, (str(KG),)):
            found.setdefault(subject, set()).add(URIRef(value))
    return found


# ------------------------------------------------------------------------------------ OWL 2 RL


def composite_properties(graph: Graph) -> set[Node]:
    """Properties that are transitive or end a chain, those above them, and inverses of either."""
    found = set(graph.subjects(OWL.propertyChainAxiom))
    found |= set(graph.subjects(RDF.type, OWL.TransitiveProperty))
    size = 0
    while size < len(found):
        size = len(found)
        for term in list(found):
            found |= set(graph.objects(term, RDFS.subPropertyOf))
            found |= set(graph.objects(term, OWL.inverseOf))
            found |= set(graph.subjects(OWL.inverseOf, term))
    return found


def test_profile_is_owl_2_rl():
    """A structural check: only constructors that OWL 2 RL has, in the places where it has them."""
    graph = read_all()
    used = {term for triple in graph for term in triple if str(term).startswith(str(OWL))}
    assert used <= {
        OWL.Ontology, OWL.versionIRI, OWL.versionInfo, OWL.Class, OWL.NamedIndividual,
        OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.inverseOf,
        OWL.SymmetricProperty, OWL.TransitiveProperty, OWL.IrreflexiveProperty,
        OWL.AsymmetricProperty, OWL.propertyChainAxiom, OWL.AllDisjointClasses, OWL.members,
    }  # fmt: skip
    for predicate in (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range):
        assert all(isinstance(value, URIRef) for value in graph.objects(None, predicate))
    composite = composite_properties(graph)
    for restriction in (OWL.IrreflexiveProperty, OWL.AsymmetricProperty):
        assert composite.isdisjoint(graph.subjects(RDF.type, restriction))


def test_chains_are_regular():
    """Each chain names only its own property and such as do not rest on it in turn."""
    graph = read("concord.ttl")
    for relation, head in graph.subject_objects(OWL.propertyChainAxiom):
        links = list(Collection(graph, head))
        assert relation in (links[0], links[-1])
        for link in links:
            if link != relation:
                below = set(graph.transitive_subjects(RDFS.subPropertyOf, link))
                below |= {each for one in list(below) for each in graph.objects(one, OWL.inverseOf)}
                assert relation not in below


def test_ontology_is_consistent_and_no_kind_is_empty():
    things = {kind: EX[name_of(kind)] for kind in read("concord.ttl").subjects(RDF.type, OWL.Class)}
    facts = [
        (thing, RDF.type, kind)
        for kind, thing in things.items()
        if kind not in (KG.Kind, KG.Relation, KG.ActOfState)
    ]
    _, contradictions = conclude(*facts)
    assert contradictions == ()


def test_all_files_together_are_consistent():
    added, contradictions = close_by_owl(
        triple
        for name in FILES
        for triple in skolemise(read_turtle(ontology_directory() / name))
        if not isinstance(triple[2], Literal)
    )
    assert contradictions == ()
    assert not [triple for triple in added if triple[2] == OWL.Nothing]


CONTRADICTIONS = {
    "state and person": [(EX.a, RDF.type, KG.State), (EX.a, RDF.type, KG.Person)],
    "ally of itself": [(EX.a, KG.alliedWith, EX.a)],
    "policy that demands": [(EX.a, RDF.type, KG.Policy), (EX.a, KG.demandsOf, EX.b)],
    "members of each other": [(EX.a, KG.memberOf, EX.b), (EX.b, KG.memberOf, EX.a)],
}


@pytest.mark.parametrize("facts", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_contradiction_is_found(facts):
    _, contradictions = conclude(*facts)
    assert len(contradictions) >= 1


def test_an_alliance_may_be_an_organization():
    _, contradictions = conclude((EX.a, RDF.type, KG.Alliance), (EX.a, RDF.type, KG.Organization))
    assert contradictions == ()


# ------------------------------------------------------------------------- what follows


def pairs_of(relation: URIRef, triples: set[Triple]) -> set[tuple[Node, Node]]:
    return {(one, other) for one, found, other in triples if found == relation}


def test_what_government_head_and_force_do_counts_for_the_state():
    known, contradictions = conclude(
        (EX.usa, RDF.type, KG.State), (EX.usa, KG.countryCode, Literal("USA")),
        (EX.japan, RDF.type, KG.State),
        (EX.cabinet, RDF.type, KG.Government), (EX.cabinet, KG.countryCode, Literal("USA")),
        (EX.cabinet, KG.headedBy, EX.president),
        (EX.pact, RDF.type, KG.Agreement), (EX.cabinet, KG.withdrawsFrom, EX.pact),
        (EX.treaty, RDF.type, KG.Agreement), (EX.president, KG.joins, EX.treaty),
        (EX.premier, KG.headOf, EX.japan), (EX.president, KG.meets, EX.premier),
        (EX.usa, KG.demandsOf, EX.premier),
        (EX.island, RDF.type, KG.Place), (EX.island, KG.partOf, EX.japan),
        (EX.fleet, RDF.type, KG.ArmedForce), (EX.fleet, KG.ofState, EX.usa),
        (EX.fleet, KG.hasForcesIn, EX.island),
        (EX.clerk, KG.affiliatedWith, EX.cabinet),
        rules=load_rules(ontology_directory() / "rules"),
    )  # fmt: skip
    assert contradictions == ()
    for expected in (
        (EX.president, KG.actsFor, EX.usa),
        (EX.usa, KG.withdrawsFrom, EX.pact),
        (EX.usa, KG.joins, EX.treaty),
        (EX.usa, KG.meets, EX.japan),
        (EX.usa, KG.demandsOf, EX.japan),
        (EX.usa, KG.hasForcesIn, EX.japan),
        (EX.clerk, KG.affiliatedWith, EX.usa),
    ):
        assert expected in known, expected


def test_what_the_agents_of_one_state_do_among_themselves_stays_theirs():
    known, contradictions = conclude(
        (EX.france, RDF.type, KG.State),
        (EX.cabinet, RDF.type, KG.Government), (EX.cabinet, KG.partOf, EX.france),
        (EX.president, KG.headOf, EX.france), (EX.premier, KG.headOf, EX.cabinet),
        (EX.president, KG.criticises, EX.premier),
        (EX.president, KG.visits, EX.france),
        rules=load_rules(ontology_directory() / "rules"),
    )  # fmt: skip
    assert contradictions == ()
    assert (EX.premier, KG.actsFor, EX.france) in known
    assert pairs_of(KG.criticises, known) == {(EX.president, EX.premier)}
    assert pairs_of(KG.visits, known) == {(EX.president, EX.france)}


def test_members_of_one_alliance_are_allies_but_not_of_themselves():
    known, contradictions = conclude(
        (EX.nato, RDF.type, KG.Alliance), (EX.un, RDF.type, KG.Organization),
        *((state, RDF.type, KG.State) for state in (EX.norway, EX.spain, EX.chile)),
        (EX.norway, KG.memberOf, EX.nato), (EX.spain, KG.memberOf, EX.nato),
        (EX.norway, KG.memberOf, EX.un), (EX.chile, KG.memberOf, EX.un),
        rules=load_rules(ontology_directory() / "rules"),
    )  # fmt: skip
    assert contradictions == ()
    allies = {(EX.norway, EX.spain), (EX.spain, EX.norway)}
    assert pairs_of(KG.alliedWith, known) == allies
    assert (EX.nato, KG.hasMember, EX.spain) in known


def test_sub_relations_entail_the_broader_ones():
    known, _ = conclude((EX.a, KG.attacks, EX.b), (EX.p, KG.headOf, EX.s))
    assert (EX.a, KG.conflictsWith, EX.b) in known
    assert (EX.a, KG.relatedTo, EX.b) in known
    assert (EX.p, KG.affiliatedWith, EX.s) in known
    assert (EX.a, KG.cooperates, EX.b) not in known


# --------------------------------------------------------------------------------------- rules


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_rule_is_named_and_plain(path):
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    # The reasoner takes the first comment as what it tells the reader.
    assert lines[0].startswith("# label: because ") and not lines[0].endswith(".")
    assert lines[1] == f"# name: {path.stem}"
    declared = own_terms(read("concord.ttl"))
    for clause in read_rule(text, path=path):
        terms = {term for pattern in (clause.head, *clause.body) for term in pattern}
        own = {term for term in terms if isinstance(term, URIRef) and term.startswith(KG)}
        assert own <= declared


def test_acts_of_state_are_interactions_between_actors():
    graph = read("concord.ttl")
    acts = {name_of(term) for term in graph.subjects(RDF.type, KG.ActOfState)}
    assert acts == set(INTERACTIONS) - {"joins", "withdrawsFrom", "hasTradeDeficitWith"} | {
        "hasForcesIn"
    }


# --------------------------------------------------------------------------------- event codes


def test_every_interaction_has_category_codes_and_quad_class():
    graph = read_all()
    # A deficit is a state of affairs, neither conduct nor event.
    for name in set(INTERACTIONS) - {"hasTradeDeficitWith"} | {"supports", "opposes"}:
        for predicate in (KG.quadClass, KG.ploverCategory):
            assert len(list(graph.objects(KG[name], predicate))) == 1, (name, predicate)
        assert list(graph.objects(KG[name], KG.cameoCode)), name
    for quad in set(graph.objects(None, KG.quadClass)):
        assert (quad, RDF.type, KG.QuadClass) in graph


def test_quad_classes_agree_with_the_tree_of_relations():
    graph = read_all()
    for broad, valence in ((KG.cooperates, KG.Cooperation), (KG.conflictsWith, KG.Conflict)):
        for relation in graph.subjects(RDFS.subPropertyOf, broad):
            quad = graph.value(relation, KG.quadClass)
            assert graph.value(quad, SKOS.broader) == valence, relation


def test_codes_and_categories_are_those_of_the_table(shared):
    with (shared / "events" / "cameo_plover_codes.tsv").open(encoding="utf-8") as lines:
        category = {row["cameo"]: row["plover"] for row in csv.DictReader(lines, delimiter="\t")}
    graph = read_all()
    for relation, code in graph.subject_objects(KG.cameoCode):
        assert category[str(code)] == str(graph.value(relation, KG.ploverCategory)), relation


# ---------------------------------------------------------------------------------------- gold


def read_lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def gold_pairs(shared: Path) -> Iterator[tuple[str, str, str]]:
    for claims in sorted((shared / "eval" / "dev").glob("*/claims.jsonl")):
        entities = read_lines(claims.with_name("entities.jsonl"))
        kinds = {entity["id"]: entity["type"] for entity in entities}
        for claim in read_lines(claims):
            yield kinds[claim["subject"]], claim["relation"], kinds[claim["object"]]


def test_gold_fits_domains_and_ranges(shared):
    graph = read("concord.ttl")
    pairs = list(gold_pairs(shared))
    assert {relation for _, relation, _ in pairs} <= set(RELATIONS)
    fitting = sum(
        graph.value(KG[relation], RDFS.domain) in ancestors(KG[subject])
        and graph.value(KG[relation], RDFS.range) in ancestors(KG[object_])
        for subject, relation, object_ in pairs
    )
    assert fitting / len(pairs) >= 0.97
