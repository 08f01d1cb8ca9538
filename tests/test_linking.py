"""Links that the shipped names state."""

from dataclasses import replace

import pytest
from rdflib import SKOS, URIRef

from bench.linking import CASES, find_link, make_document, print_table, read_cases, score_cases
from kg.iris import ID, KG
from kg.linking import link_entities
from kg.model import Entity, Mention, MentionForm, Span
from kg.reading import read


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


def test_a_link_is_as_sure_as_the_choice_of_what_the_name_means(read_text, names):
    reading = read_text("Russia invaded Georgia.", issued="2008-08-12")
    scores = {link.entity: link.score for link in reading.links}
    assert scores[ID["Russia"]] == 1.0
    assert 0.7 < scores[ID["Georgia"]] < 1.0


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


# -------------------------------------------------------------------------------------- bench


class Reader:
    """The session's reader, as the bench needs it."""

    def __init__(self, vocabulary, names, parser):
        self.stages = vocabulary, names, parser

    def find_entities(self, document):
        return read(document, *self.stages).entities


def test_the_cases_are_many_and_mean_what_is_there(names):
    cases = read_cases(CASES)
    assert len(cases) >= 300
    assert len({(c.text, c.words, c.issued) for c in cases}) == len(cases)
    for case in cases:
        assert case.words in case.text
        assert case.entry is None or case.entry in names, case


def test_a_share_of_the_cases_is_linked_rightly(vocabulary, names, parser, capsys):
    cases = read_cases(CASES)[::6]
    total = print_table("cases", score_cases(cases, Reader(vocabulary, names, parser)), errors=True)
    assert total.right >= 0.97 * total.made and total.right >= 0.9 * total.wanted
    assert "precision" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (0, 5, "Japan"),
        (2, 5, "Japan"),  # What stands before a name may be its title.
        (0, 12, None),  # Of which the name is less than half.
        (6, 8, None),
    ],
)
def test_a_place_has_the_link_of_the_name_that_covers_it(start, end, found):
    mention = Mention(Span(0, 5), 0, 0, MentionForm.NAME, KG.State, "Japan", ID["Japan"])
    entity = Entity(ID["Japan"], KG.State, "Japan", (mention,), ID["Japan"])
    assert find_link([entity], Span(start, end)) == (found and ID[found])


def test_a_case_is_an_article_of_its_date():
    case = read_cases(CASES)[0]
    document = make_document(case)
    assert (document.text, document.issued) == (case.text, case.issued)
