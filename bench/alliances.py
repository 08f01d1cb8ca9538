"""Graphs of any size about alliances, for the benches of the reasoner.

An ontology that uses most of OWL 2 RL, with states, leaders, bodies, agreements and what documents
claim of them; the same size and seed give the same triples.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_OWL = "http://www.w3.org/2002/07/owl#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_O, _R = "https://example.org/o#", "https://example.org/r/"
_WORDS = tuple(
    word
    for line in (
        "treaty alliance base tariff summit partner minister pledge quarrel talks border fleet",
        "ally guarantee doubt budget island strait envoy sanction visit charter bloc pact vote",
    )
    for word in line.split()
)

_STANCES = ("endorses", "criticises")
_CLASSES = {
    "Actor": None, "Person": "Actor", "Leader": "Person", "Body": "Actor", "Alliance": "Body",
    "Bloc": "Body", "State": "Actor", "Place": None, "Agreement": None, "Treaty": "Agreement",
    "Policy": None, "Event": None, "Summit": "Event", "Claim": None, "Document": None,
}  # fmt: skip
_AXIOMS = """
:alliedWith a owl:SymmetricProperty ; rdfs:subPropertyOf :related ; rdfs:domain :Actor .
:defends rdfs:subPropertyOf :alliedWith . :locatedIn a owl:TransitiveProperty ; rdfs:range :Place .
:follows a owl:TransitiveProperty, owl:IrreflexiveProperty ; owl:inverseOf :precedes .
:memberOf owl:inverseOf :hasMember ; owl:propertyChainAxiom ( :memberOf :partOf ) .
:leads rdfs:subPropertyOf :actsFor ; rdfs:domain :Person .
:leaves rdfs:range :Agreement . :leavesThrough owl:propertyChainAxiom ( :actsFor :leaves ) .
:signs rdfs:range :Agreement ; rdfs:subPropertyOf :takesPartIn .
:capital a owl:FunctionalProperty ; rdfs:range :Place . :code a owl:InverseFunctionalProperty .
:criticises rdfs:subPropertyOf :opposes . :opposes owl:propertyDisjointWith :endorses .
:Ally owl:equivalentClass [ a owl:Restriction ; owl:onProperty :alliedWith ; owl:hasValue r:s0 ] .
:Member owl:equivalentClass [ owl:intersectionOf ( :State [ a owl:Restriction ;
  owl:onProperty :memberOf ; owl:someValuesFrom :Alliance ] ) ] .
:Treaty rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :binds ; owl:allValuesFrom :Party ] .
:binds owl:inverseOf :signs . :State owl:disjointWith :Person .
[] a owl:AllDisjointClasses ; owl:members ( :Person :Agreement :Event :Policy ) .
"""


def write_ontology() -> str:
    """The ontology as Turtle."""
    prefixes = f"@prefix : <{_O}> . @prefix r: <{_R}> . @prefix owl: <{_OWL}> .\n"
    prefixes += f"@prefix rdfs: <{_RDFS}> .\n"
    classes = "".join(
        f":{name} a owl:Class{f' ; rdfs:subClassOf :{above}' if above else ''} .\n"
        for name, above in _CLASSES.items()
    )
    return prefixes + classes + _AXIOMS


def generate_facts(size: int, seed: int = 7) -> Iterator[tuple[str, str, str]]:
    """About `size` triples in the syntax of N-Triples, some of them more than once."""
    chance = random.Random(seed)
    states = max(8, min(250, size // 60))
    people, bodies, treaties = max(10, size // 120), max(4, size // 1500), max(6, size // 200)

    def say(subject: str, relation: str, object_: str) -> tuple[str, str, str]:
        return f"<{_R}{subject}>", f"<{_O}{relation}>", f"<{_R}{object_}>"

    def kind(subject: str, name: str) -> tuple[str, str, str]:
        return f"<{_R}{subject}>", RDF_TYPE, f"<{_O}{name}>"

    def tell(subject: str, relation: str, text: str) -> tuple[str, str, str]:
        return f"<{_R}{subject}>", f"<{_O}{relation}>", f'"{text}"'

    count = 0
    for i in range(states):
        yield from (kind(f"s{i}", "State"), tell(f"s{i}", "number", str(i)),
                    say(f"s{i}", "code", f"q{i}"), say(f"s{i}", "capital", f"c{i}"),
                    say(f"c{i}", "locatedIn", f"p{i % 20}"),
                    say(f"p{i % 20}", "locatedIn", "p99"))  # fmt: skip
        if i:
            yield say(f"s{i}", "defends" if i % 5 == 0 else "alliedWith", f"s{chance.randrange(i)}")
        count += 7
    yield from (say("twin", "code", "q1"), kind("twin", "State"))
    for i in range(bodies):
        yield from (
            kind(f"b{i}", ("Alliance", "Bloc")[i % 2]),
            say(f"b{i}", "partOf", f"b{i // 4}"),
        )
        yield from (say(f"s{chance.randrange(states)}", "memberOf", f"b{i}") for _ in range(3))
        count += 5
    for i in range(treaties):
        yield kind(f"t{i}", ("Treaty", "Agreement")[i % 2])
        yield from (
            say(f"s{chance.randrange(states)}", name, f"t{i}") for name in ("signs", "leaves")
        )
        count += 3
    for i in range(people):
        yield from (kind(f"l{i}", "Leader"), say(f"l{i}", "leads", f"s{i % states}"))
        count += 2
        if i >= states and (i // states) % 6:
            yield say(f"l{i}", "follows", f"l{i - states}")
            count += 1
    claim = 0
    while count < size:
        leader, state = f"l{chance.randrange(people)}", f"s{chance.randrange(states)}"
        text = " ".join(chance.choices(_WORDS, k=12))
        yield from (kind(f"m{claim}", "Claim"), say(f"m{claim}", "holder", leader),
                    say(f"m{claim}", "about", state),
                    tell(f"m{claim}", "quote", f"{text} {claim}"),
                    say(leader, _STANCES[claim % 2], f"x{claim % 500}"))  # fmt: skip
        count, claim = count + 5, claim + 1
