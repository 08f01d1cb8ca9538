"""What tests ask of the pages: their elements, and things with hostile names to show."""

from __future__ import annotations

from html.parser import HTMLParser

from rdflib import DCTERMS, RDF, RDFS, SKOS, Literal, URIRef
from small_graph import DOC

from kg import iris
from kg.iris import ID, KG, OA

HOSTILE = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{{7*7}}"
TAG = "<script>alert(1)</script>"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
EVIL = ID["Evil"]

_INLINE = {"a", "span", "code", "small", "q", "cite"}
_NEVER = {"iframe", "object", "embed", "base", "style", "img"}


class Elements(HTMLParser):
    """The elements of a page, its links, its text, and the attributes of each element."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.links, self.found, self.text = [], [], [], ""
        self._headings = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.found.append((tag, dict(attrs)))
        self.links += [value for name, value in attrs if name in ("href", "action", "src")]

    def handle_endtag(self, tag):
        if tag not in _INLINE:
            self.text += " "

    def handle_data(self, data):
        self.text += data

    def pick(self, tag, **wanted):
        """The attributes of the elements of a tag that have some."""
        return [
            attributes
            for name, attributes in self.found
            if name == tag and all(attributes.get(k) == v for k, v in wanted.items())
        ]

    @property
    def words(self):
        """The text with its white space made single."""
        return " ".join(self.text.split())


def read_page(server, path, status=200):
    """A page of the server, found harmless."""
    reply = server.ask(path, Accept=BROWSER)
    assert (reply.status, reply.media_type) == (status, "text/html"), reply.text[:500]
    check_harmless(reply)
    return Elements(reply.text)


def check_harmless(reply):
    """Nothing of a page acts but scripts of the server's own, and the policy says so."""
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    found = Elements(reply.text)
    assert not _NEVER & set(found.tags)
    for tag, attributes in found.found:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        if tag == "script":
            assert "/static/" in attributes["src"]
    icons = {attributes["href"] for attributes in found.pick("link", rel="icon")}
    for link in {*found.links} - icons:
        assert link.startswith(("http://", "https://", "?", "#", "/")), link
    ids = [attributes["id"] for _, attributes in found.found if "id" in attributes]
    assert len(ids) == len(set(ids)), "an id stands twice"


def describe_hostile():
    """Triples of a thing of which every text is hostile, with a claim, a term and a link."""
    claim = URIRef(f"{DOC}/claim/evil")
    evidence, quote = URIRef(f"{claim}/e"), URIRef(f"{claim}/quote")
    text = Literal(HOSTILE)
    return [
        (EVIL, RDF.type, KG.State),
        (EVIL, RDF.type, KG["<script>".strip("<>")]),
        (EVIL, RDFS.label, text),
        (EVIL, SKOS.altLabel, Literal(HOSTILE, lang="en")),
        (EVIL, KG.countryCode, text),
        (EVIL, DCTERMS.source, text),
        (EVIL, SKOS.exactMatch, URIRef("javascript:alert(1)")),
        (EVIL, SKOS.exactMatch, URIRef("http://example.org/'onclick='alert(1)")),
        (EVIL, SKOS.closeMatch, URIRef("data:text/html,alert(1)")),
        (ID["evil-term"], KG.officeHolder, EVIL),
        (ID["evil-term"], KG.office, text),
        (ID["evil-term"], KG.ofState, ID["Japan"]),
        (ID["evil-term"], KG.validFrom, text),
        (URIRef(iris.BASE + "link/decision/1"), RDF.type, KG.LinkDecision),
        (URIRef(iris.BASE + "link/decision/1"), KG.candidateOf, EVIL),
        (URIRef(iris.BASE + "link/decision/1"), KG.candidate, URIRef("javascript:alert(1)")),
        (URIRef(iris.BASE + "link/decision/1"), KG.decidedBy, text),
        (claim, RDF.type, KG.Claim),
        (claim, KG.subject, EVIL),
        (claim, KG.relation, KG.attacks),
        (claim, KG.object, ID["Japan"]),
        (claim, KG.holder, EVIL),
        (claim, KG.polarity, text),
        (claim, KG.modality, text),
        (claim, KG.topic, text),
        (claim, KG.timeStart, text),
        (claim, KG.inArticle, DOC),
        (claim, KG.evidence, evidence),
        (evidence, OA.hasSelector, quote),
        (quote, OA.exact, text),
        (evidence, OA.hasSelector, URIRef(f"{claim}/position")),
        (URIRef(f"{claim}/position"), OA.start, text),
        (evidence, KG.inSentence, URIRef(f"{claim}/sentence")),
        (URIRef(f"{claim}/sentence"), KG.text, text),
        (KG.evilTerm, RDF.type, URIRef("http://www.w3.org/2002/07/owl#Class")),
        (KG.evilTerm, RDFS.label, text),
        (KG.evilTerm, SKOS.definition, text),
        (KG.evilTerm, SKOS.example, text),
        (KG.evilTerm, SKOS.closeMatch, URIRef("javascript:alert(1)")),
    ]
