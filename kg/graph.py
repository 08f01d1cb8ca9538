"""Readings to quads: the only place where records become RDF.

The article graph says who says what and where; the facts graph says plainly what counts as
fact; the background graph says what the gazetteer knows of the names used.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from rdflib import DCTERMS, PROV, RDF, RDFS, SKOS, XSD, Literal, URIRef

from kg import __version__, iris
from kg.compiled import load_compiled
from kg.iris import KG, OA
from kg.linking.candidates import list_candidates
from kg.linking.records import LinkCandidate
from kg.linking.strangers import Meeting, Proposal
from kg.model import Claim, Document, Entity, Evidence, Modality, Polarity, Reading, Sentence, Span
from kg.rdf import Format, Quad, Triple, format_term, parse_quads, read_turtle, skolemise
from kg.vocabulary import Vocabulary

_CONTEXT = 32
"""How many characters a quote's prefix and suffix have, to find it again in a changed text."""

_ABOUT = frozenset(
    {
        RDF.type,
        RDFS.label,
        DCTERMS.source,
        SKOS.exactMatch,
        SKOS.closeMatch,
        KG.countryCode,
        KG.iso2,
        KG.cowCode,
        KG.validFrom,
        KG.validUntil,
    }
)
"""What the background says of a thing that no article names but a used one leads to."""

_WORDINGS = frozenset({SKOS.altLabel, SKOS.hiddenLabel, KG.adjective, KG.demonym, KG.surname})
"""What only the matcher of names needs."""


# ----------------------------------------------------------------------------------- article


def is_factual(claim: Claim, accepted: Collection[URIRef] = ()) -> bool:
    """Whether a claim counts as fact: affirmed, asserted, held by the article or one accepted."""
    return (
        claim.polarity is Polarity.POSITIVE
        and claim.modality is Modality.ASSERTED
        and (claim.holder is None or claim.holder in accepted)
    )


def state_facts(reading: Reading, accepted: Collection[URIRef] = ()) -> Iterator[Quad]:
    """The facts graph: the plain triple of each claim that counts as fact, once."""
    graph = iris.facts_graph(reading.document.iri)
    facts = {
        (claim.subject, claim.relation, claim.object)
        for claim in reading.claims
        if is_factual(claim, accepted)
    }
    for subject, relation, object_ in sorted(facts):
        yield subject, relation, object_, graph


def describe_reading(
    reading: Reading,
    vocabulary: Vocabulary,
    *,
    fingerprint: str | None = None,
    accepted: Collection[URIRef] = (),
) -> Iterator[Quad]:
    """The article graph: the article, its sentences, mentions, entities, claims, and their origin.

    `fingerprint` identifies the code and ontology that read it, `accepted` are the holders whose
    claims the facts graph takes for fact too.
    """
    document = reading.document
    graph = iris.article_graph(document.iri)
    numbers = {sentence.span: number for number, sentence in enumerate(reading.sentences)}
    for triples in (
        _describe_document(document),
        _describe_activity(document, fingerprint, accepted),
        *(_describe_sentence(document, item, numbers[item.span]) for item in reading.sentences),
        *(_describe_entity(reading, item) for item in reading.entities),
        *(_describe_candidates(document, item) for item in reading.entities),
        *(_describe_claim(document, item, vocabulary) for item in reading.claims),
        _describe_links(reading),
    ):
        for subject, predicate, object_ in triples:
            yield subject, predicate, object_, graph


def _describe_document(document: Document) -> Iterator[Triple]:
    iri = document.iri
    yield iri, RDF.type, KG.Article
    for predicate, text in (
        (DCTERMS.title, document.title),
        (DCTERMS.issued, document.issued),
        (KG.received, document.received),
        (KG.journal, document.journal),
        (DCTERMS.language, document.language),
        (KG.sha256, document.digest),
        (DCTERMS.source, Path(document.source).name),
    ):
        if text:
            yield iri, predicate, Literal(text)
    if document.media_type != "text/plain":
        yield iri, DCTERMS["format"], Literal(document.media_type)
    for author in document.authors:
        person = iris.mint_part(iri, "author", author.name)
        yield iri, DCTERMS.creator, person
        yield person, RDF.type, KG.Author
        yield person, RDFS.label, Literal(author.name)
        if author.affiliation:
            yield person, KG.affiliation, Literal(author.affiliation)
    voice = iris.mint_author_voice(iri)
    yield voice, RDF.type, KG.AuthorVoice
    yield voice, RDFS.label, Literal("the article")


def _describe_activity(
    document: Document, fingerprint: str | None, accepted: Collection[URIRef]
) -> Iterator[Triple]:
    activity = _activity(document)
    software = iris.mint_part(iris.BUILD_GRAPH, "software", __version__, fingerprint or "")
    yield activity, RDF.type, PROV.Activity
    yield activity, PROV.used, document.iri
    yield activity, PROV.wasAssociatedWith, software
    for holder in accepted:
        yield activity, KG.accepts, holder
    yield software, RDF.type, PROV.SoftwareAgent
    yield software, RDFS.label, Literal(f"Concord {__version__}")
    yield software, DCTERMS.hasVersion, Literal(__version__)
    if fingerprint:
        yield software, DCTERMS.identifier, Literal(fingerprint)


def _describe_sentence(document: Document, sentence: Sentence, number: int) -> Iterator[Triple]:
    iri = _sentence(document, sentence.span)
    yield iri, RDF.type, KG.Sentence
    yield iri, KG.inArticle, document.iri
    yield iri, KG.number, _number(number)
    yield from _place(iri, sentence.span)
    yield iri, KG.text, Literal(document.quote(sentence.span))
    if sentence.heading is not None:
        yield iri, KG.heading, Literal(document.quote(sentence.heading))


def _describe_entity(reading: Reading, entity: Entity) -> Iterator[Triple]:
    document = reading.document
    yield entity.iri, RDF.type, entity.kind
    yield entity.iri, RDFS.label, Literal(entity.label, lang="en")
    if entity.country:
        yield entity.iri, KG.countryCode, Literal(entity.country)
    if entity.entry is not None and entity.entry != entity.iri:
        yield entity.iri, SKOS.exactMatch, entity.entry
    for mention in entity.mentions:
        iri = iris.mint_part(
            document.iri, "mention", mention.span.start, mention.span.end, entity.iri
        )
        yield iri, RDF.type, KG.Mention
        yield iri, KG.refersTo, entity.iri
        yield iri, KG.inSentence, _sentence(document, reading.sentences[mention.sentence].span)
        yield from _place(iri, mention.span)
        yield iri, KG.exact, Literal(document.quote(mention.span))
        yield iri, KG.form, KG[f"{mention.form.value.capitalize()}Form"]


def _describe_candidates(document: Document, entity: Entity) -> Iterator[Triple]:
    for candidate in list_candidates(entity):
        iri = iris.mint_part(document.iri, "candidate", entity.iri, candidate.target)
        yield from describe_candidate(iri, entity.iri, candidate)
        yield iri, PROV.wasGeneratedBy, _activity(document)


def describe_candidate(iri: URIRef, thing: URIRef, candidate: LinkCandidate) -> Iterator[Triple]:
    """What a thing may be: its candidate, the score with its parts, and why in words."""
    yield iri, RDF.type, KG.LinkCandidate
    yield iri, RDFS.label, Literal(candidate.label, lang="en")
    yield iri, KG.candidateOf, thing
    yield iri, KG.candidate, candidate.target
    yield iri, KG.score, _fraction(candidate.score)
    for part, value in candidate.parts:
        yield iri, KG[f"score{part.capitalize()}"], _fraction(value)
    if candidate.reason:
        yield iri, RDFS.comment, Literal(candidate.reason, lang="en")


def _describe_links(reading: Reading) -> Iterator[Triple]:
    """The links of what the gazetteer does not know; of what it knows the background has them."""
    known = {entity.iri for entity in reading.entities if entity.entry == entity.iri}
    for link in reading.links:
        if link.entity not in known:
            yield link.entity, link.mapping, link.target


def _describe_claim(document: Document, claim: Claim, vocabulary: Vocabulary) -> Iterator[Triple]:
    if claim.relation not in vocabulary.relations:
        raise ValueError(f"{claim.iri} has the relation {claim.relation}, which is not declared")
    evidence = iris.mint_part(document.iri, "evidence", claim.iri)
    iri = claim.iri
    yield iri, RDF.type, KG.Claim
    yield iri, KG.subject, claim.subject
    yield iri, KG.relation, claim.relation
    yield iri, KG.object, claim.object
    yield iri, KG.holder, claim.holder or iris.mint_author_voice(document.iri)
    yield iri, KG.polarity, KG[claim.polarity.value.capitalize()]
    yield iri, KG.modality, KG[claim.modality.value.capitalize()]
    if claim.topic is not None:
        yield iri, KG.topic, Literal(document.quote(claim.topic))
    if claim.period is not None and claim.period.start:
        yield iri, KG.timeStart, Literal(claim.period.start)
    if claim.period is not None and claim.period.end:
        yield iri, KG.timeEnd, Literal(claim.period.end)
    yield iri, KG.frame, claim.evidence.frame
    if claim.confidence is not None:
        yield iri, KG.confidence, _fraction(claim.confidence)
    yield iri, KG.evidence, evidence
    yield iri, KG.inArticle, document.iri
    yield iri, PROV.wasDerivedFrom, document.iri
    yield iri, PROV.wasGeneratedBy, _activity(document)
    yield from _describe_evidence(document, evidence, claim.evidence)


def _describe_evidence(document: Document, iri: URIRef, evidence: Evidence) -> Iterator[Triple]:
    start, end = evidence.quote.start, evidence.quote.end
    # Claims that rest on the same words share the two selectors.
    quote = iris.mint_part(document.iri, "quote", start, end)
    position = iris.mint_part(document.iri, "position", start, end)
    yield iri, RDF.type, KG.Evidence
    yield iri, RDF.type, OA.SpecificResource
    yield iri, OA.hasSource, document.iri
    yield iri, KG.inSentence, _sentence(document, evidence.sentence)
    yield iri, KG.triggerStart, _number(evidence.trigger.start)
    yield iri, KG.triggerEnd, _number(evidence.trigger.end)
    yield iri, OA.hasSelector, quote
    yield iri, OA.hasSelector, position
    yield quote, RDF.type, OA.TextQuoteSelector
    yield quote, OA.exact, Literal(document.quote(evidence.quote))
    yield quote, OA.prefix, Literal(document.text[max(0, start - _CONTEXT) : start])
    yield quote, OA.suffix, Literal(document.text[end : end + _CONTEXT])
    yield position, RDF.type, OA.TextPositionSelector
    yield position, OA.start, _number(start)
    yield position, OA.end, _number(end)


def _activity(document: Document) -> URIRef:
    return iris.mint_part(document.iri, "activity", "reading")


def _sentence(document: Document, span: Span) -> URIRef:
    return iris.mint_part(document.iri, "sentence", span.start, span.end)


def _place(iri: URIRef, span: Span) -> Iterator[Triple]:
    yield iri, KG.start, _number(span.start)
    yield iri, KG.end, _number(span.end)


def _fraction(value: float) -> Literal:
    return Literal(f"{value:.2f}", datatype=XSD.decimal)


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=XSD.integer)


# ------------------------------------------------------------------------------------ identity


def describe_identity(
    meetings: Iterable[Meeting], proposals: Iterable[Proposal], facts: Iterable[Triple]
) -> Iterator[Quad]:
    """The identity graph: which things of several articles are one, and which may be.

    `facts` are those that the articles state. What they state of things that are one is restated
    of the first of them, so that a question or rule that knows nothing of this sees it as one.
    """
    names: dict[URIRef, URIRef] = {}
    triples: set[Triple] = set()
    for meeting in meetings:
        first, *others = meeting.members
        names.update(dict.fromkeys(others, first))
        triples.update((other, KG.sameThingAs, first) for other in others)
    for subject, predicate, object_ in facts:
        end = names.get(object_, object_) if isinstance(object_, URIRef) else object_
        if subject in names or end != object_:
            triples.add((names.get(subject, subject), predicate, end))
    for proposal in proposals:
        candidate = proposal.candidate
        iri = iris.mint_part(iris.IDENTITY_GRAPH, "candidate", proposal.thing, candidate.target)
        triples.update(describe_candidate(iri, proposal.thing, candidate))
    for subject, predicate, object_ in sorted(triples, key=_order):
        yield subject, predicate, object_, iris.IDENTITY_GRAPH


# -------------------------------------------------------------------- ontology and background


def describe_ontology(directory: Path) -> Iterator[Quad]:
    """The ontology graph: `concord.ttl` and its alignments, blank nodes named by their content."""
    for path in (directory / "concord.ttl", directory / "alignments.ttl"):
        if path.name == "concord.ttl" or path.exists():
            for subject, predicate, object_ in skolemise(read_turtle(path)):
                yield subject, predicate, object_, iris.ONTOLOGY_GRAPH


@dataclass(frozen=True, slots=True)
class Descriptions:
    """What the gazetteer says: of each thing, which links concern it, which states have a code.

    `about` holds predicates and objects in N-Triples, for only a few things are ever asked after;
    `links` leads from people and members to their terms of office and memberships.
    """

    about: Mapping[str, str]
    links: Mapping[str, list[str]]
    states: Mapping[str, list[str]]

    def describe(self, iri: URIRef) -> list[Triple]:
        """The triples about a thing; none where the gazetteer does not know it."""
        # Not splitlines: a literal may hold other characters that it takes for line ends.
        lines = filter(None, self.about.get(str(iri), "").split("\n"))
        text = "".join(f"{format_term(iri)} {line}\n" for line in lines)
        return skolemise(triple for triple, _ in parse_quads(text.encode(), Format.NTRIPLES))


def read_descriptions(directory: Path) -> Descriptions:
    """What the gazetteer under `names/` says; raises OntologyError where it cannot be read."""
    sources = sorted((directory / "names").glob("*.ttl"))
    compiled = load_compiled("descriptions", 1, sources, lambda: _compile_descriptions(sources))
    return Descriptions(compiled["about"], compiled["links"], compiled["states"])


def _compile_descriptions(sources: Iterable[Path]) -> dict[str, dict[str, Any]]:
    about: dict[str, list[str]] = {}
    links: dict[str, list[str]] = {}
    codes: dict[str, list[str]] = {}
    states: set[str] = set()
    for path in sources:
        for subject, predicate, object_ in skolemise(read_turtle(path)):
            line = f"{format_term(predicate)} {format_term(object_)} ."
            about.setdefault(str(subject), []).append(line)
            if predicate in {KG.officeHolder, KG.member}:
                links.setdefault(str(object_), []).append(str(subject))
            elif predicate == KG.countryCode:
                codes.setdefault(str(object_), []).append(str(subject))
            elif (predicate, object_) == (RDF.type, KG.State):
                states.add(str(subject))
    return {
        "about": {iri: "\n".join(lines) for iri, lines in about.items()},
        "links": links,
        "states": {code: [iri for iri in found if iri in states] for code, found in codes.items()},
    }


def describe_background(
    used: Mapping[URIRef, Collection[str]],
    descriptions: Descriptions,
    *,
    countries: Collection[str] = (),
) -> Iterator[Quad]:
    """The background graph: the entries used, what they lead to, and what follows for the dates.

    `used` gives for each thing the ISO dates of the articles that name it; `countries` are the
    codes of the states that those things act for. Terms of office that cover one of the dates
    become plain triples, and so do memberships that nobody has ended.
    """
    entries = {iri: descriptions.describe(iri) for iri in used if str(iri) in descriptions.about}
    links = _find_links(entries, descriptions)
    triples: set[Triple] = set()
    codes = set(countries)
    near: set[URIRef] = set()
    for triple in chain(*entries.values(), *links.values()):
        subject, predicate, object_ = triple
        if predicate not in _WORDINGS:
            triples.add(triple)
        if isinstance(object_, URIRef) and str(object_) in descriptions.about:
            near.add(object_)
            if predicate == KG.headedBy:
                triples.add((object_, KG.headOf, subject))
        elif predicate == KG.countryCode:
            codes.add(str(object_))
    near.update(URIRef(iri) for code in codes for iri in descriptions.states.get(code, ()))
    for iri in near.difference(entries, links):
        triples.update(triple for triple in descriptions.describe(iri) if triple[1] in _ABOUT)
    for description in links.values():
        triples.update(_state_connection(description, used))
    for subject, predicate, object_ in sorted(triples, key=_order):
        yield subject, predicate, object_, iris.BACKGROUND_GRAPH


def _find_links(
    entries: Collection[URIRef], descriptions: Descriptions
) -> dict[URIRef, list[Triple]]:
    """The terms of the people used, and the memberships of those used in what is used or allied.

    Memberships in bodies that no article names would swamp the graph; alliances are kept, since
    allies follow from them.
    """
    found = {}
    for link in {link for iri in entries for link in descriptions.links.get(str(iri), ())}:
        description = descriptions.describe(URIRef(link))
        bodies = [URIRef(body) for body in _values(description, KG.body)]
        if not bodies or any(
            body in entries or KG.Alliance in _values(descriptions.describe(body), RDF.type)
            for body in bodies
        ):
            found[URIRef(link)] = description
    return found


def _state_connection(
    description: list[Triple], used: Mapping[URIRef, Collection[str]]
) -> Iterator[Triple]:
    kinds = _values(description, RDF.type)
    since = min(map(str, _values(description, KG.validFrom)), default=None)
    until = max(map(str, _values(description, KG.validUntil)), default=None)
    if KG.Membership in kinds and until is None:
        for member in _values(description, KG.member):
            for body in _values(description, KG.body):
                if isinstance(member, URIRef) and isinstance(body, URIRef):
                    yield member, KG.memberOf, body
    if KG.Term in kinds:
        heads = "true" in {str(value) for value in _values(description, KG.headship)}
        relation = KG.headOf if heads else KG.affiliatedWith
        for holder in _values(description, KG.officeHolder):
            dates = used.get(URIRef(holder), ())
            for state in _values(description, KG.ofState):
                if any(_covers(since, until, date) for date in dates) and isinstance(state, URIRef):
                    yield URIRef(holder), relation, state


def _covers(since: str | None, until: str | None, date: str) -> bool:
    """Whether a date falls into a period, to the precision that both have."""
    return (since is None or since[: len(date)] <= date[: len(since)]) and (
        until is None or date[: len(until)] <= until[: len(date)]
    )


def _values(description: Iterable[Triple], predicate: URIRef) -> list[URIRef | Literal]:
    return [object_ for _, found, object_ in description if found == predicate]


def _order(triple: Triple) -> tuple[str, str, str]:
    return str(triple[0]), str(triple[1]), triple[2].n3()
