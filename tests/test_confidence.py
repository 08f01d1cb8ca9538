"""How likely a claim is right: the features, the weights, and what is left out."""

import math

import pytest
from readings import make_prose

from kg.extraction.claims import LEAST_CONFIDENCE, judge_claims
from kg.extraction.confidence import describe_claim, load_weights, rate_claim
from kg.extraction.entities import Cast
from kg.extraction.mentions import find_mentions
from kg.extraction.tree import build_tree
from kg.reading import is_name, is_word
from kg.syntax import Known, parse_document

TEXT = "Canada withdrew from the Kyoto Protocol. Norway is a member of NATO."


@pytest.fixture(scope="module")
def judged(vocabulary, names, parser):
    document = make_prose(TEXT)
    known = Known(lambda w: is_word(vocabulary, names, w), lambda w: is_name(names, w))
    trees = tuple(build_tree(s) for s in parse_document(document, parser, known))
    cast = Cast(document, trees, find_mentions(document, trees, vocabulary, names), vocabulary)
    return list(judge_claims(document, trees, cast, vocabulary))


def test_a_plain_claim_is_rated_high(judged):
    ratings = {claim.relation.rsplit("#")[-1]: claim.confidence for claim, _ in judged}
    assert ratings["withdrawsFrom"] > 0.5
    assert ratings["memberOf"] > 0.5


def test_every_feature_is_a_finite_number(judged):
    for _, looked_at in judged:
        assert all(math.isfinite(value) for value in describe_claim(looked_at).values())


def test_the_rating_is_a_probability_by_the_given_weights(judged):
    looked_at = judged[0][1]
    assert rate_claim(looked_at, {}) == 0.5
    assert rate_claim(looked_at, {"bias": 100.0}) == 1.0
    assert rate_claim(looked_at, {"bias": -100.0}) == 0.0
    assert 0.0 <= rate_claim(looked_at) <= 1.0


def test_weights_are_numbers_by_feature():
    weights = load_weights()
    assert {"bias", "weight", "score"} <= weights.keys()
    assert all(isinstance(value, float) for value in weights.values())


def test_claims_below_the_least_confidence_are_left_out(read_text):
    reading = read_text(TEXT)
    assert reading.claims
    assert all(claim.confidence >= LEAST_CONFIDENCE for claim in reading.claims)
