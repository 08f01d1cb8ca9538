"""Proofs as graphs: PROV-O in Turtle, and Graphviz."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rdflib import DCTERMS, PROV, RDF, RDFS, XSD, Literal, URIRef

from kg import iris
from kg.rdf import Format, SourceTriple, Triple, format_term, format_terms
from kg.reasoning.proofs import Citation, Proof


def proof_to_turtle(proofs: Iterable[Proof]) -> str:
    """Proofs in PROV-O: each conclusion an entity, each use of a rule an activity.

    A conclusion is a reified triple (rdf:Statement), since the proof may be read apart from the
    graph; claims keep the IRIs that they have there. Source: https://www.w3.org/TR/prov-o/
    """
    triples = {triple for proof in proofs for triple in _describe(proof, set())}
    written = (
        (format_term(subject), format_term(predicate), format_term(object_))
        for subject, predicate, object_ in triples
    )
    return format_terms(written, Format.TURTLE).decode()


def name_proof(triple: Triple) -> URIRef:
    """The IRI of a conclusion, by its content."""
    return URIRef(f"{iris.BASE}proof/{iris.hash_content(' '.join(map(format_term, triple)))}")


def _describe(proof: Proof, seen: set[URIRef]) -> Iterator[SourceTriple]:
    node = name_proof(proof.conclusion)
    step = URIRef(f"{node}/step/{_hash_step(proof)}")
    if step in seen:
        return
    seen.add(step)
    subject, predicate, object_ = proof.conclusion
    yield node, RDF.type, RDF.Statement
    yield node, RDF.type, PROV.Entity
    yield node, RDF.subject, subject
    yield node, RDF.predicate, predicate
    yield node, RDF.object, object_
    yield node, RDFS.label, Literal(proof.statement, lang="en")
    if proof.rule is not None:
        yield node, PROV.wasGeneratedBy, step
        yield step, RDF.type, PROV.Activity
        yield step, RDFS.label, Literal(proof.rule_label, lang="en")
        yield step, DCTERMS.identifier, Literal(proof.rule)
        for axiom in proof.axioms:
            yield step, PROV.used, name_proof(axiom)
            yield name_proof(axiom), RDF.type, RDF.Statement
            yield name_proof(axiom), RDF.subject, axiom[0]
            yield name_proof(axiom), RDF.predicate, axiom[1]
            yield name_proof(axiom), RDF.object, axiom[2]
    for source in proof.sources:
        yield node, DCTERMS.source, Literal(source)
    for citation in proof.claims:
        yield from _describe_citation(node, citation)
    for premise in proof.premises:
        yield node, PROV.wasDerivedFrom, name_proof(premise.conclusion)
        yield step, PROV.used, name_proof(premise.conclusion)
        yield from _describe(premise, seen)


def _describe_citation(node: URIRef, citation: Citation) -> Iterator[SourceTriple]:
    claim = URIRef(citation.claim)
    yield node, PROV.wasDerivedFrom, claim
    yield claim, RDF.type, iris.KG.Claim
    yield claim, iris.OA.exact, Literal(citation.quote)
    yield claim, iris.OA.start, Literal(citation.start, datatype=XSD.integer)
    yield claim, iris.OA.end, Literal(citation.end, datatype=XSD.integer)
    yield claim, PROV.wasAttributedTo, URIRef(citation.holder)
    yield URIRef(citation.holder), RDFS.label, Literal(citation.holder_label, lang="en")
    yield claim, DCTERMS.source, Literal(citation.source)


def _hash_step(proof: Proof) -> str:
    parts = [proof.rule or "", *(str(name_proof(each.conclusion)) for each in proof.premises)]
    return iris.hash_content(" ".join(parts), length=8)


def proof_to_dot(proofs: Iterable[Proof]) -> str:
    """Proofs for Graphviz: conclusions as boxes, uses of rules as edges from their premises."""
    lines: dict[str, None] = {}
    for proof in proofs:
        for line in _draw(proof, set()):
            lines[line] = None
    body = "\n".join(f"  {line}" for line in lines)
    return f'digraph proof {{\n  rankdir=BT;\n  node [shape=box, fontname="serif"];\n{body}\n}}\n'


def _draw(proof: Proof, seen: set[str]) -> Iterator[str]:
    name = name_proof(proof.conclusion).rsplit("/", 1)[-1]
    node, step = _quote(name), _quote(f"{name}-{_hash_step(proof)}")
    if step in seen:
        return
    seen.add(step)
    style = "" if proof.rule else ", style=bold"
    yield f"{node} [label={_quote(proof.statement or ' '.join(proof.conclusion))}{style}];"
    if proof.rule:
        yield f"{step} [shape=plaintext, label={_quote(f'{proof.rule_label} ({proof.rule})')}];"
        yield f"{step} -> {node};"
    for premise in proof.premises:
        yield from _draw(premise, seen)
        child = _quote(name_proof(premise.conclusion).rsplit("/", 1)[-1])
        yield f"{child} -> {step};"
    for citation in proof.claims:
        claim = _quote(citation.claim.rsplit("/", 1)[-1])
        told = f"“{citation.quote}”\n{citation.status}, {citation.holder_label}\n{citation.source}"
        yield f"{claim} [shape=note, label={_quote(told)}];"
        yield f"{claim} -> {node};"


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
