"""What the names in a review file mean in a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rdflib import PROV, URIRef

from kg import iris
from kg.errors import UnknownTermError
from kg.extraction.names import Names
from kg.query.terms import find_things
from kg.review.articles import describe_claim
from kg.review.known import Known
from kg.review.records import Decision, ReviewedClaim, Thing
from kg.review.wording import Home, read_iri
from kg.store import GraphStore
from kg.vocabulary import Vocabulary

_SHOWN = 3


class GraphLookup:
    """Knows the things and claims of a graph, the shipped names and the relations.

    `decisions` are those of before: what they split off may be in no article any more.
    """

    def __init__(
        self,
        store: GraphStore,
        known: Known,
        vocabulary: Vocabulary,
        names: Callable[[], Names],
        decisions: Iterable[Decision] = (),
    ) -> None:
        self._store = store
        self._known = known
        self._vocabulary = vocabulary
        self._names = names
        self._targets = {
            verdict.target.iri: verdict.target
            for decision in decisions
            for verdict in decision.verdicts
            if verdict.target is not None
        }

    def find_thing(self, name: str) -> Thing:
        """The thing of a name or IRI; UnknownTermError where there is none or several."""
        iri = read_iri(name)
        if iri is not None:
            described = self._known.describe(iri)
            if described is not None:
                return Thing(iri, described.label)
            if iri in self._targets:
                return self._targets[iri]
            message = f"{iri} is neither in the graph nor among the shipped names"
            raise UnknownTermError(message, term=name)
        try:
            found = [iri for iri in find_things(self._store, name) if self._known.describe(iri)]
        except UnknownTermError:
            found = self._find_entries(name)
            if not found:
                raise
        if len(found) == 1:
            described = self._known.describe(found[0])
            return Thing(found[0], described.label if described is not None else name)
        if not found:
            raise UnknownTermError(f"no thing is named “{name}”: give its IRI", term=name)
        listed = ", ".join(found[:_SHOWN])
        message = f"“{name}” means {len(found)} things: give the IRI of one, such as {listed}"
        raise UnknownTermError(message, term=name)

    def _find_entries(self, name: str) -> list[URIRef]:
        """What the shipped names know by a name."""
        words = name.split()
        return sorted(
            {
                candidate.entry
                for match in self._names().find(words)
                if (match.start, match.end) == (0, len(words))
                for candidate in match.candidates
            }
        )

    def find_relation(self, name: str) -> URIRef:
        """The relation of a name or IRI; UnknownTermError where there is none."""
        wanted = name.replace(" ", "").casefold()
        for iri, relation in self._vocabulary.relations.items():
            names = (str(iri), relation.name, relation.label, f"kg:{relation.name}")
            if wanted in {each.replace(" ", "").casefold() for each in names}:
                return iri
        known = ", ".join(sorted(each.name for each in self._vocabulary.relations.values()))
        raise UnknownTermError(f"“{name}” is no relation: there are {known}", term=name)

    def find_claim(self, iri: URIRef) -> ReviewedClaim | None:
        """The claim of an IRI as it was read; of a corrected one that which was corrected."""
        origins = sorted(
            str(quad[2]) for quad in self._store.quads(subject=iri, predicate=PROV.wasRevisionOf)
        )
        read = URIRef(origins[0]) if origins else iri
        document, part, _ = read.rpartition("/claim/")
        if not part:
            return None
        view = self._known.read(iris.article_graph(URIRef(document)))
        claim = view.claims().get(read)
        return None if claim is None else describe_claim(view, claim)

    def find_home(self, thing: URIRef) -> Home:
        """What is known of a thing; empty where nothing is."""
        described = self._known.describe(thing)
        if described is None:
            return Home()
        return Home(described.label, described.kind, self._known.describe_home(thing).article)
