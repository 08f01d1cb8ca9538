"""Why a triple is in the graph: from the store to a proof that ends at quotes and sources."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from rdflib import DCTERMS, URIRef

from kg import iris
from kg.errors import UnknownTermError
from kg.rdf import QueryResult, Triple, format_term
from kg.reasoning.alternatives import find_derivations
from kg.reasoning.clauses import Clause
from kg.reasoning.closure import (
    close_premises,
    load_own_rules,
    read_triple,
    show_triple,
    write_triple,
)
from kg.reasoning.encoding import SAME, TermTriple
from kg.reasoning.labels import find_labels
from kg.reasoning.premises import Premises, find_claimed, find_facts_graphs, gather_premises
from kg.reasoning.proofs import ONLY_CLAIMED, Citation, Proof
from kg.reasoning.result import Closure, Derivation, Fact
from kg.reasoning.wording import Wording, read_axiom_comments, word_rule
from kg.store import GraphStore

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


def explain(
    store: GraphStore,
    triple: Triple,
    *,
    rules: Sequence[Clause] | None = None,
    accepted: Collection[URIRef] = (),
) -> Proof:
    """The shortest proof of a triple, down to the claims, sources and axioms that it rests on.

    A triple that articles state, but only as denied, possible, predicted, desired or somebody's
    view, is explained by those claims, unless its holder is `accepted`. Raises UnknownTermError
    where nothing in the graph says it.
    """
    return open_explainer(store, rules=rules, accepted=accepted).explain(triple)


def explain_all(
    store: GraphStore,
    triple: Triple,
    *,
    rules: Sequence[Clause] | None = None,
    accepted: Collection[URIRef] = (),
) -> tuple[Proof, ...]:
    """Every last step by which a triple can be proved, each on the shortest proofs of its premises.

    The first is what `explain` gives. Raises UnknownTermError as it does.
    """
    return open_explainer(store, rules=rules, accepted=accepted).explain_all(triple)


def open_explainer(
    store: GraphStore,
    *,
    rules: Sequence[Clause] | None = None,
    accepted: Collection[URIRef] = (),
) -> Explainer:
    """Close the graph once, to explain as many triples of it as one likes."""
    own_rules = load_own_rules() if rules is None else tuple(rules)
    premises = gather_premises(store, own_rules, accepted=accepted)
    return Explainer(store, premises, close_premises(premises, own_rules), accepted)


class Explainer:
    """Closure, words and sources of one store, kept while proofs are written."""

    def __init__(
        self,
        store: GraphStore,
        premises: Premises,
        closure: Closure,
        accepted: Collection[URIRef] = (),
    ) -> None:
        self._store = store
        self._given = premises.schema | premises.data
        self._schema = premises.schema
        self._closure = closure
        self._accepted = frozenset(accepted)
        self._claimed = frozenset(find_claimed(store, accepted))
        self._wording = Wording({**find_labels(store), **premises.labels})
        self._comments = read_axiom_comments(store.triples(iris.ONTOLOGY_GRAPH))
        self._proofs: dict[TermTriple, Proof] = {}

    def explain(self, triple: Triple) -> Proof:
        """The shortest proof of a triple; UnknownTermError where nothing says it."""
        written = write_triple(triple)
        if triple not in self._given and written in self._closure:
            return self._prove(written)
        return self.cite(triple)

    def explain_all(self, triple: Triple) -> tuple[Proof, ...]:
        """The shortest proof first, then every other last step that does not go in a circle."""
        first = self.explain(triple)
        written = write_triple(triple)
        fact = self._closure.find(written)
        found = [first]
        if fact is not None:
            for derivation in find_derivations(self._closure, fact):
                proof = self._apply(written, derivation)
                circular = any(_rests_on(premise, triple) for premise in proof.premises)
                if not circular and all(not _is_same_step(proof, other) for other in found):
                    found.append(proof)
        return tuple(found)

    def explain_fact(self, fact: Fact) -> Proof:
        """The shortest proof of a fact of the closure."""
        return self._prove(self._closure.read(fact))

    def state(self, triple: Triple) -> str:
        """A triple in words."""
        return self._wording.state(triple)

    def _prove(self, written: TermTriple) -> Proof:
        known = self._proofs.get(written)
        if known is None:
            known = self._proofs[written] = self._find_proof(written)
        return known

    def _find_proof(self, written: TermTriple) -> Proof:
        triple = read_triple(written)
        if triple is None:
            return Proof(show_triple(written), None, "said of a literal", (), ())
        if triple in self._given:
            return self.cite(triple)
        if written[1] == SAME:
            return self._prove_same(written, triple)
        fact = self._closure.find(written)
        if fact is None:
            return self.cite(triple)
        root = self._closure.find_first(fact)
        if self._closure.read(root) != written:
            return self._prove_by_equals(written, triple, self._closure.read(root))
        derivation = self._closure.derive(root)
        return self.cite(triple) if derivation is None else self._apply(written, derivation)

    def _apply(self, written: TermTriple, derivation: Derivation) -> Proof:
        """The proof of a triple by one use of a rule."""
        closure = self._closure
        axioms = [closure.read(fact) for fact in derivation.axioms]
        premises = [closure.read(fact) for fact in derivation.premises]
        triple = show_triple(written)
        stated = [read for axiom in axioms if (read := read_triple(axiom)) is not None]
        comment = next((self._comments[each] for each in stated if each in self._comments), None)
        label = word_rule(derivation.rule, written, axioms, premises, self._wording)
        return Proof(
            conclusion=triple,
            rule=derivation.rule.name,
            rule_label=f"because {comment}" if comment else label,
            premises=tuple(self._prove(premise) for premise in premises),
            claims=(),
            statement=self.state(triple),
            axioms=self._find_axioms(derivation.axioms),
        )

    def _find_axioms(self, facts: Sequence[Fact]) -> tuple[Triple, ...]:
        """The axioms of the ontology that facts of the schema come down to, in order."""
        found: dict[Triple, None] = {}
        waiting = list(facts)[::-1]
        seen = set(waiting)
        while waiting:
            fact = waiting.pop()
            derivation = self._closure.derive(fact)
            if derivation is None:
                triple = read_triple(self._closure.read(fact))
                if triple is not None:
                    found[triple] = None
                continue
            for each in (*derivation.axioms, *derivation.premises)[::-1]:
                if each not in seen:
                    seen.add(each)
                    waiting.append(each)
        return tuple(found)

    def _prove_same(self, written: TermTriple, triple: Triple) -> Proof:
        steps = self._closure.explain_same(written[0], written[2])
        if len(steps) == 1 and steps[0][1] is not None:
            fact = steps[0][1]
            derivation = self._closure.derive(fact)
            if derivation is not None:
                return self._apply(written, derivation)
        premises = []
        for pair, step in steps:
            if step is None:
                premises.append(
                    Proof(show_triple(pair), None, "the literals have one value", (), ())
                )
                continue
            said = self._closure.read(step)
            how = self._closure.derive(step)
            premises.append(self._prove(said) if how is None else self._apply(said, how))
        label = "because both names stand for one thing"
        rule = "eq-sym" if len(steps) == 1 else "eq-trans"
        return Proof(triple, rule, label, tuple(premises), (), self.state(triple))

    def _prove_by_equals(self, written: TermTriple, triple: Triple, root: TermTriple) -> Proof:
        links = [
            self._prove((had, SAME, asked))
            for had, asked in zip(root, written, strict=True)
            if had != asked
        ]
        label = "because both names stand for one thing"
        premises = (self._prove(root), *links)
        return Proof(triple, "eq-rep", label, premises, (), self.state(triple))

    def cite(self, triple: Triple) -> Proof:
        """Where a triple stands that is not inferred; UnknownTermError where it stands nowhere."""
        claims = self._find_claims(triple)
        if triple in self._claimed:
            theirs = tuple(
                each
                for each, _ in claims
                if URIRef(each.holder) in self._accepted and each.status in ("stated", _REPORTED)
            )
            if theirs:
                return self._end(triple, "claimed by an accepted holder", theirs)
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
        if triple[1] == iris.KG.sameThingAs and self._has(triple, iris.IDENTITY_GRAPH):
            return self._end(triple, "named alike: name, kind, context and dates agree")
        if self._has(triple, iris.IDENTITY_GRAPH):
            return self._cite_met(triple)
        if self._has(triple, iris.ONTOLOGY_GRAPH):
            return self._end(triple, "part of the ontology")
        if claims:
            return self._end(triple, ONLY_CLAIMED, tuple(claim for claim, _ in claims))
        if triple in self._given:
            return self._end(triple, "read from the article", sources=self._find_articles(triple))
        raise UnknownTermError(
            f"nothing in the graph says that {self.state(triple)}: ask for a relation that "
            f"“kg export” shows",
            term=" ".join(map(str, triple)),
        )

    def _cite_met(self, triple: Triple) -> Proof:
        """Where the articles state of things that are one what is restated of the first."""
        subject, relation, object_ = triple
        others = self._list_met(object_) if isinstance(object_, URIRef) else [object_]
        stated = [
            (one, relation, other)
            for one in self._list_met(subject)
            for other in others
            if any(
                self._has((one, relation, other), graph) for graph in find_facts_graphs(self._store)
            )
        ]
        met = {each for said in stated for each in (said[0], said[2]) if each not in triple}
        links = [
            link
            for end in (subject, object_)
            for link in self._store.triples(
                iris.IDENTITY_GRAPH, predicate=iris.KG.sameThingAs, object=end
            )
            if link[0] in met
        ]
        premises = [self.cite(each) for each in (*stated, *sorted(links))]
        label = "because both names stand for one thing"
        return Proof(triple, "same-thing", label, tuple(premises), (), self.state(triple))

    def _list_met(self, thing: URIRef) -> list[URIRef]:
        """A thing and those of other articles that are one with it."""
        found = self._store.triples(
            iris.IDENTITY_GRAPH, predicate=iris.KG.sameThingAs, object=thing
        )
        return [thing, *sorted(member for member, _, _ in found)]

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
            holder=str(field["holder"]),
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


def _rests_on(proof: Proof, triple: Triple) -> bool:
    waiting, seen = [proof], set()
    while waiting:
        each = waiting.pop()
        if each.conclusion == triple:
            return True
        if id(each) not in seen:
            seen.add(id(each))
            waiting.extend(each.premises)
    return False


def _is_same_step(one: Proof, other: Proof) -> bool:
    conclusions = [
        sorted(str(premise.conclusion) for premise in proof.premises) for proof in (one, other)
    ]
    return conclusions[0] == conclusions[1] and one.rule == other.rule
