"""Why a triple is in the graph: from the store to a proof that ends at quotes and sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rdflib import DCTERMS, RDF, URIRef

from kg import iris
from kg.errors import UnknownTermError
from kg.rdf import QueryResult, Triple, format_term
from kg.reasoning.axioms import Wording, compile_axioms
from kg.reasoning.matching import Clause
from kg.reasoning.premises import Premises, find_facts_graphs, gather_premises
from kg.reasoning.proofs import Citation, Proof
from kg.reasoning.rules import load_rules
from kg.reasoning.steps import Step, find_steps
from kg.reasoning.terms import find_labels
from kg.store import GraphStore
from kg.vocabulary.files import ontology_directory

_CLAIMS = """
SELECT ?claim ?holder ?holderLabel ?polarity ?modality ?quote ?start ?end ?sentence ?source ?title
       ?isVoice WHERE {{
  GRAPH ?g {{
    ?claim kg:subject {subject} ; kg:relation {relation} ; kg:object {object} ;
           kg:holder ?holder ; kg:polarity ?polarity ; kg:modality ?modality ;
           kg:evidence ?evidence ; kg:inArticle ?article .
    ?evidence kg:inSentence/kg:text ?sentence ; oa:hasSelector ?quoted , ?placed .
    ?quoted oa:exact ?quote .
    ?placed oa:start ?start ; oa:end ?end .
    OPTIONAL {{ ?article dcterms:source ?source }}
    OPTIONAL {{ ?article dcterms:title ?title }}
    BIND(EXISTS {{ ?holder a kg:AuthorVoice }} AS ?isVoice)
  }}
  OPTIONAL {{ ?holder rdfs:label ?holderLabel }}
}}"""
_PREFIXES = "".join(
    f"PREFIX {name}: <{iri}>\n"
    for name, iri in (
        ("kg", iris.KG),
        ("oa", iris.OA),
        ("dcterms", "http://purl.org/dc/terms/"),
        ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    )
)
_MODALITIES: Mapping[str, str] = {
    "Predicted": "predicted",
    "Possible": "said to be possible",
    "Desired": "desired",
}


def explain(store: GraphStore, triple: Triple, *, rules: Sequence[Clause] | None = None) -> Proof:
    """The proof of a triple, down to the claims, sources and axioms that it rests on.

    A triple that articles state, but only as denied, possible, predicted, desired or somebody's
    view, is explained by those claims. Raises UnknownTermError where nothing in the graph says it.
    """
    own_rules = load_rules(ontology_directory() / "rules") if rules is None else tuple(rules)
    explainer = _Explainer(store, gather_premises(store, own_rules))
    inferred = set(store.triples(iris.INFERRED_GRAPH))
    if triple in inferred:
        clauses = (*own_rules, *compile_axioms(explainer.schema, explainer.kind_labels))
        steps = find_steps(explainer.schema | explainer.data, inferred, clauses, until=triple)
        if triple in steps:
            return explainer.prove(triple, steps)
    return explainer.cite(triple)


class _Explainer:
    """Words and sources of one store, looked up once and kept while a proof is written."""

    def __init__(self, store: GraphStore, premises: Premises) -> None:
        self.schema = premises.schema
        self.data = premises.data
        self.kind_labels = premises.labels
        self._store = store
        self._wording = Wording({**find_labels(store), **premises.labels})

    def prove(self, triple: Triple, steps: Mapping[Triple, Step]) -> Proof:
        """The proof of a triple by its step and those of its premises."""
        step = steps.get(triple)
        if step is None:
            return self.cite(triple)
        return Proof(
            conclusion=triple,
            rule=step.clause.name,
            rule_label=step.clause.label,
            premises=tuple(self.prove(premise, steps) for premise in step.premises),
            claims=(),
            statement=self.state(triple),
            axioms=step.clause.axioms,
        )

    def cite(self, triple: Triple) -> Proof:
        """Where a triple stands that is not inferred; UnknownTermError where it stands nowhere."""
        claims = self._find_claims(triple)
        facts = any(
            triple in set(self._store.triples(graph, subject=triple[0], predicate=triple[1]))
            for graph in find_facts_graphs(self._store)
        )
        if facts:
            stated = [claim for claim, is_voice in claims if claim.status == "stated" and is_voice]
            held = [claim for claim, _ in claims if claim.status in ("stated", _REPORTED)]
            return self._end(triple, "stated as a fact", tuple(stated or held))
        if self._has(triple, iris.BACKGROUND_GRAPH):
            sources = self._find_sources(triple)
            return self._end(triple, "known from background", sources=sources)
        if self._has(triple, iris.ONTOLOGY_GRAPH):
            return self._end(triple, "part of the ontology")
        if claims:
            label = "not a fact: only claimed as follows"
            return self._end(triple, label, tuple(claim for claim, _ in claims))
        if triple in self.data:
            return self._end(triple, "read from the article", sources=self._find_articles(triple))
        raise UnknownTermError(
            f"nothing in the graph says that {self.state(triple)}: ask for a relation that "
            f"“kg export” shows",
            term=" ".join(map(str, triple)),
        )

    def state(self, triple: Triple) -> str:
        """A triple in words."""
        subject, predicate, object_ = triple
        if predicate == RDF.type:
            return f"{self._wording.name(subject)} is {self._wording.kind(object_)}"
        return " ".join(self._wording.name(term) for term in (subject, predicate, object_))

    def _end(
        self,
        triple: Triple,
        label: str,
        claims: tuple[Citation, ...] = (),
        sources: tuple[str, ...] = (),
    ) -> Proof:
        return Proof(triple, None, label, (), claims, self.state(triple), sources)

    def _has(self, triple: Triple, graph: URIRef) -> bool:
        subject, predicate, object_ = triple
        found = self._store.triples(graph, subject=subject, predicate=predicate, object=object_)
        return next(found, None) is not None

    def _find_claims(self, triple: Triple) -> list[tuple[Citation, bool]]:
        """The claims of a triple in the order of their places, and whether the article holds it."""
        subject, relation, object_ = map(format_term, triple)
        text = _PREFIXES + _CLAIMS.format(subject=subject, relation=relation, object=object_)
        result = self._store.query(text)
        found = {self._read_claim(row, result) for row in result.rows}
        return sorted(found, key=lambda each: (each[0].source, each[0].start, each[0].claim))

    def _read_claim(self, row: tuple[object, ...], result: QueryResult) -> tuple[Citation, bool]:
        field = dict(zip(result.variables, row, strict=True))
        is_voice = str(field["isVoice"]) == "true"
        shortcomings = []
        if str(field["polarity"]).endswith("#Negative"):
            shortcomings.append("denied")
        modality = str(field["modality"]).rsplit("#", 1)[-1]
        if modality in _MODALITIES:
            shortcomings.append(_MODALITIES[modality])
        if not is_voice:
            shortcomings.append(_REPORTED)
        citation = Citation(
            claim=str(field["claim"]),
            quote=str(field["quote"]),
            sentence=str(field["sentence"]),
            start=int(str(field["start"])),
            end=int(str(field["end"])),
            holder_label=str(field["holderLabel"] or field["holder"]),
            source=str(field["source"] or ""),
            title=str(field["title"] or ""),
            status=", ".join(shortcomings) or "stated",
        )
        return citation, is_voice

    def _find_sources(self, triple: Triple) -> tuple[str, ...]:
        """The sources of what links the two ends (a membership, a term), else of either end."""
        subject, _, object_ = triple
        between: set[URIRef] = set()
        if isinstance(object_, URIRef):
            between = self._find_referring(subject) & self._find_referring(object_)
        for terms in (between, {subject}, {object_}):
            sources = {
                str(text)
                for term in terms
                if isinstance(term, URIRef)
                for _, _, text in self._store.triples(
                    iris.BACKGROUND_GRAPH, subject=term, predicate=DCTERMS.source
                )
            }
            if sources:
                return tuple(sorted(sources))
        return ()

    def _find_referring(self, term: URIRef) -> set[URIRef]:
        found = self._store.triples(iris.BACKGROUND_GRAPH, object=term)
        return {subject for subject, _, _ in found}

    def _find_articles(self, triple: Triple) -> tuple[str, ...]:
        pattern = " ".join(map(format_term, triple))
        result = self._store.query(
            f"{_PREFIXES}SELECT DISTINCT ?source WHERE {{ GRAPH ?g {{ {pattern} . "
            f"?article a kg:Article ; dcterms:source ?source }} }}"
        )
        return tuple(sorted(str(row[0]) for row in result.rows))


_REPORTED = "reported"
