"""Links that the shipped names state."""

from dataclasses import replace

from rdflib import SKOS, URIRef

from kg.iris import ID, KG
from kg.linking import link_entities
from kg.model import Entity, Mention, MentionForm, Span


def make_entity(name, entry):
    mention = Mention(Span(0, 1), 0, 0, MentionForm.NAME, KG.State, name, entry)
    return Entity(entry or ID["unknown-1"], KG.State, name, (mention,), entry)


def test_known_things_are_linked_in_their_order(names):
    japan, egypt = make_entity("Japan", ID["Japan"]), make_entity("Egypt", ID["Egypt"])
    links = link_entities([japan, egypt], names)
    assert [link.entity for link in links] == sorted(
        (link.entity for link in links), key=[japan.iri, egypt.iri].index
    )
    assert URIRef("http://www.wikidata.org/entity/Q17") in {link.target for link in links}
    assert link_entities([egypt, japan], names)[0].entity == egypt.iri


def test_every_link_names_its_dataset(names):
    for link in link_entities([make_entity("Japan", ID["Japan"])], names):
        assert link.mapping == SKOS.exactMatch
        assert link.score == 1.0
        host = link.dataset.removeprefix("http://").removeprefix("https://").strip("/")
        assert host.removeprefix("www.").split(".")[-2] in link.target


def test_unknown_things_are_not_linked(names):
    unknown = make_entity("Ruritania", None)
    assert link_entities([unknown], names) == ()
    assert link_entities([], names) == ()


def test_every_entry_of_the_gazetteer_can_be_linked(names):
    entity = make_entity("any", ID["Japan"])
    things = [replace(entity, iri=iri, entry=iri) for iri in names]
    links = link_entities(things, names)
    assert len(links) > 1000
    assert len({(link.entity, link.target) for link in links}) == len(links)
