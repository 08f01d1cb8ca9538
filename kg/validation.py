"""What is wrong with a graph: shapes, quotes that are not where they should be, coverage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef
from rdflib.exceptions import ParserError
from rdflib.plugins.parsers.notation3 import BadSyntax
from rdflib.term import Node

from kg import iris
from kg.errors import OntologyError
from kg.iris import KG, OA
from kg.model import Finding, Severity
from kg.rdf import Triple
from kg.store import GraphStore
from kg.vocabulary.files import ontology_directory

_ARTICLE = f"{iris.BASE}graph/article/"
_SCHEMA = (RDFS.subClassOf, RDFS.domain, RDFS.range)
_SEVERITIES: dict[Node | None, Severity] = {SH.Info: Severity.INFO, SH.Warning: Severity.WARNING}


def validate_graph(store: GraphStore, *, shapes: Path | None = None) -> tuple[Finding, ...]:
    """Hold every article graph against the shapes of a file, by default the shipped one.

    A shape for a kind that nothing in the graph has is itself a finding: it would hold of a
    graph that lacks the very thing. Raises OntologyError where the shapes cannot be read.
    """
    shape_graph = _read_shapes(shapes or ontology_directory() / "shapes.ttl")
    schema = [
        triple
        for predicate in _SCHEMA
        for triple in store.triples(iris.ONTOLOGY_GRAPH, predicate=predicate)
    ]
    findings: set[Finding] = set()
    classes: set[Node] = set()
    for graph in _find_article_graphs(store):
        article = list(store.triples(graph))
        classes.update(kind for _, predicate, kind in article if predicate == RDF.type)
        findings.update(_apply_shapes(shape_graph, [*article, *schema]))
    findings.update(_find_idle_shapes(shape_graph, classes, schema))
    return _sort(findings)


def check_quotes(store: GraphStore) -> tuple[Finding, ...]:
    """A violation for each quote, context or mention that its sentence does not bear out.

    Compared with the texts of the sentences at their offsets into the source; of the words around
    a quote only those that fall into its own sentence can be compared.
    """
    findings: list[Finding] = []
    for graph in _find_article_graphs(store):
        reader = _Reader(store.triples(graph))
        for node in reader.find(KG.Evidence):
            findings.extend(reader.check_evidence(node))
        for node in reader.find(KG.Mention):
            findings.extend(reader.check_mention(node))
        for node in reader.find(KG.Sentence):
            findings.extend(reader.check_sentence(node))
    return _sort(findings)


def measure_coverage(store: GraphStore) -> Finding:
    """How many of the sentences have a claim, as a finding for information."""
    sentences = cited = 0
    for graph in _find_article_graphs(store):
        places = {node for node, _, _ in store.triples(graph, object=KG.Sentence)}
        used = {
            sentence
            for evidence, _, _ in store.triples(graph, object=KG.Evidence)
            for _, _, sentence in store.triples(graph, subject=evidence, predicate=KG.inSentence)
        }
        sentences += len(places)
        cited += len(places & used)
    share = f" ({cited / sentences:.0%})" if sentences else ""
    message = f"{cited} of {sentences} sentences have a claim{share}"
    return Finding(Severity.INFO, "coverage", "", message)


# ------------------------------------------------------------------------------------ shapes


def _read_shapes(path: Path) -> Graph:
    graph = Graph()
    try:
        graph.parse(path, format="turtle")
    except OSError as error:
        raise OntologyError(f"{path} cannot be read: {error.strerror}", path=path) from error
    except (BadSyntax, ParserError) as error:
        raise OntologyError(f"{path}: not Turtle: {error}", path=path) from error
    return graph


def _apply_shapes(shapes: Graph, triples: Iterable[Triple]) -> Iterator[Finding]:
    # Imported here for its 0.4 s, which no other command should pay.
    from pyshacl import validate

    data = Graph()
    for triple in triples:
        data.add(triple)
    _, results, _ = validate(data, shacl_graph=shapes, inplace=True)
    if not isinstance(results, Graph):
        raise OntologyError("the shapes cannot be applied: one of them is not valid SHACL")
    for result in results.subjects(RDF.type, SH.ValidationResult):
        yield _read_result(results, result)


def _read_result(results: Graph, result: Node) -> Finding:
    severity = results.value(result, SH.resultSeverity)
    value = results.value(result, SH.value)
    messages = sorted(map(str, results.objects(result, SH.resultMessage)))
    told = " / ".join(messages)
    focus = results.value(result, SH.focusNode)
    # A query is asked of a whole article and names by its value what is wrong there.
    if results.value(result, SH.sourceConstraintComponent) == SH.SPARQLConstraintComponent:
        focus, value = value, None
    return Finding(
        severity=_SEVERITIES.get(severity, Severity.VIOLATION),
        check=_local_name(results.value(result, SH.sourceShape)),
        focus=str(focus),
        message=f"{told}: {value}" if value is not None else told,
    )


def _find_idle_shapes(
    shapes: Graph, classes: set[Node], schema: Iterable[Triple]
) -> Iterator[Finding]:
    """A warning for each shape whose target has no instance, by kinds below the target too."""
    below: dict[Node, set[Node]] = {}
    for narrow, predicate, broad in schema:
        if predicate == RDFS.subClassOf:
            below.setdefault(broad, set()).add(narrow)
    for shape, target in shapes.subject_objects(SH.targetClass):
        waiting, seen = [target], {target}
        while waiting:
            new = below.get(waiting.pop(), set()) - seen
            seen |= new
            waiting.extend(new)
        if seen.isdisjoint(classes):
            message = f"the shape matches nothing: the graph has no {_local_name(target)}"
            yield Finding(Severity.WARNING, "idle-shape", _local_name(shape), message)


# ------------------------------------------------------------------------------------ quotes


class _Reader:
    """An article graph by subject and predicate, for checks that follow it from node to node."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._values: dict[tuple[URIRef, URIRef], list[URIRef | Literal]] = {}
        self._of_kind: dict[URIRef | Literal, list[URIRef]] = {}
        for subject, predicate, object_ in triples:
            self._values.setdefault((subject, predicate), []).append(object_)
            if predicate == RDF.type:
                self._of_kind.setdefault(object_, []).append(subject)

    def find(self, kind: URIRef) -> list[URIRef]:
        """The things of a kind."""
        return self._of_kind.get(kind, [])

    def check_evidence(self, node: URIRef) -> Iterator[Finding]:
        """Whether the quote and the words around it stand at its offsets."""
        selectors = [each for each in self._all(node, OA.hasSelector) if isinstance(each, URIRef)]
        quotes = [each for each in selectors if self._text(each, OA.exact) is not None]
        places = [each for each in selectors if self._number(each, OA.start) is not None]
        sentence = self._iri(node, KG.inSentence)
        if len(quotes) != 1 or len(places) != 1 or sentence is None:
            yield _wrong(node, "has not one quote, one position and one sentence")
            return
        start, end = self._number(places[0], OA.start), self._number(places[0], OA.end)
        exact = self._text(quotes[0], OA.exact)
        text, offset = self._text(sentence, KG.text), self._number(sentence, KG.start)
        if start is None or end is None or exact is None or text is None or offset is None:
            yield _wrong(node, "has no offsets or its sentence has no text")
            return
        yield from _compare(node, exact, start - offset, end - offset, text)
        prefix, suffix = self._text(quotes[0], OA.prefix), self._text(quotes[0], OA.suffix)
        before, after = text[: max(0, start - offset)], text[max(0, end - offset) :]
        if prefix is not None and not _agree(prefix[::-1], before[::-1]):
            yield _wrong(node, f"names other words before the quote than “{before[-32:]}”")
        if suffix is not None and not _agree(suffix, after):
            yield _wrong(node, f"names other words after the quote than “{after[:32]}”")

    def check_mention(self, node: URIRef) -> Iterator[Finding]:
        """Whether the words of a mention stand at its offsets."""
        sentence = self._iri(node, KG.inSentence)
        start, end = self._number(node, KG.start), self._number(node, KG.end)
        exact = self._text(node, KG.exact)
        text = offset = None
        if sentence is not None:
            text, offset = self._text(sentence, KG.text), self._number(sentence, KG.start)
        if start is None or end is None or exact is None or text is None or offset is None:
            yield _wrong(node, "has no words, offsets or sentence")
        else:
            yield from _compare(node, exact, start - offset, end - offset, text)

    def check_sentence(self, node: URIRef) -> Iterator[Finding]:
        """Whether a sentence is as long as its offsets say."""
        start, end = self._number(node, KG.start), self._number(node, KG.end)
        text = self._text(node, KG.text)
        if start is None or end is None or text is None:
            yield _wrong(node, "has no text or offsets")
        elif len(text) != end - start:
            yield _wrong(
                node, f"has {len(text)} characters, but its offsets are {end - start} apart"
            )

    def _all(self, node: URIRef, predicate: URIRef) -> list[URIRef | Literal]:
        return self._values.get((node, predicate), [])

    def _iri(self, node: URIRef, predicate: URIRef) -> URIRef | None:
        values = self._all(node, predicate)
        return values[0] if len(values) == 1 and isinstance(values[0], URIRef) else None

    def _text(self, node: URIRef, predicate: URIRef) -> str | None:
        values = self._all(node, predicate)
        return str(values[0]) if len(values) == 1 and isinstance(values[0], Literal) else None

    def _number(self, node: URIRef, predicate: URIRef) -> int | None:
        text = self._text(node, predicate)
        return int(text) if text is not None and text.isdecimal() else None


def _compare(node: URIRef, exact: str, start: int, end: int, text: str) -> Iterator[Finding]:
    if start < 0 or end > len(text):
        yield _wrong(node, f"“{exact}” lies outside its sentence")
    elif text[start:end] != exact:
        yield _wrong(node, f"“{exact}” is not what stands at its offsets: “{text[start:end]}”")


def _agree(one: str, other: str) -> bool:
    """Whether two texts are the same as far as the shorter goes."""
    return one.startswith(other) or other.startswith(one)


def _wrong(node: URIRef, message: str) -> Finding:
    return Finding(Severity.VIOLATION, "quote", str(node), message)


# ------------------------------------------------------------------------------------- rest


def _find_article_graphs(store: GraphStore) -> list[URIRef]:
    return [graph for graph in store.graphs() if graph.startswith(_ARTICLE)]


def _local_name(term: Node | None) -> str:
    return str(term).rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def _sort(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    gravity = list(Severity)
    return tuple(
        sorted(
            findings,
            key=lambda each: (
                -gravity.index(each.severity),
                each.check,
                each.focus,
                each.message,
            ),
        )
    )
