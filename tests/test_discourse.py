"""What pronouns refer back to, and who "we" are in a speech."""

from readings import list_triples

SPEECH = (
    "Estonia supports the United Nations. We condemn Russia. We support Ukraine. "
    "Estonia welcomes the agreement. We call on Iran to respect the treaty."
)


def test_we_are_the_state_that_speaks(read_text):
    triples = list_triples(read_text(SPEECH))
    assert "Estonia supports Ukraine" in triples
    assert "Estonia criticises Russia" in triples


def test_a_single_we_is_no_speech(read_text):
    text = "Japan opposes Iran. Japan supports Oman. Here we found that we support Ukraine."
    text += " Canada met Japan." * 20
    assert "Japan supports Ukraine" not in list_triples(read_text(text))
