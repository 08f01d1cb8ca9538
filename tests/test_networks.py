"""The graph as a network and as a property graph."""

import csv
import io
import re
import shlex
from xml.etree import ElementTree

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_graph import CLAIMS, fill_small_graph
from stated_graph import make_article, make_claim, open_stated_graph

from kg.cli import main
from kg.cli.codebook import EXPORT_HELP
from kg.cli.exporting import EXPORTED_FOLDERS, EXPORTED_TABLES
from kg.errors import ExportError
from kg.export import DIRECTORY_EXPORTS, TABLE_EXPORTS
from kg.export.networks import export_gexf, export_graphml, make_network
from kg.export.property_graph import IMPORT_COMMAND, export_neo4j
from kg.export.stated import gather_statements
from kg.iris import ID
from kg.store import open_graph, open_memory_graph

FORMATS = {
    "graphml": (export_graphml, networkx.read_graphml),
    "gexf": (export_gexf, networkx.read_gexf),
}
each_format = pytest.mark.parametrize("format", FORMATS)

ARTICLE = make_article(1)
STATED = {
    "claims": [
        make_claim("USA", "meets", "Japan", since="2017-11", until="2017-11", confidence="0.8"),
        make_claim("USA", "meets", "Japan", polarity="Negative", topic="trade\n talks"),
        make_claim("Trump", "visits", "Tokyo", modality="Possible", holder="Japan"),
        make_claim("USA", "alliedWith", "Japan"),
    ],
    "inferred": [("Japan", "meets", "USA"), ("Japan", "interactsWith", "USA"),
                 ("Germany", "meets", "USA")],
}  # fmt: skip


def write(format, store):
    out = io.BytesIO()
    FORMATS[format][0](store, out)
    return out.getvalue()


def read(format, data):
    network = FORMATS[format][1](io.BytesIO(data))
    return networkx.MultiDiGraph(network)


@pytest.fixture(scope="module")
def stated():
    with open_stated_graph({1: "2018-06-10"}, **STATED) as store:
        yield store


@pytest.fixture(scope="module")
def small():
    with open_memory_graph() as store:
        fill_small_graph(store)
        yield store


@each_format
def test_networkx_reads_back_what_was_written(small, format):
    network, found = make_network(gather_statements(small)), read(format, write(format, small))
    assert dict(found.nodes(data=True)) == dict(network.nodes(data=True))
    edges = {
        key: (source, target, data)
        for source, target, key, data in found.edges(keys=True, data=True)
    }
    for source, target, key, data in network.edges(keys=True, data=True):
        assert edges[key][:2] == (source, target)
        assert data.items() <= edges[key][2].items()
    assert len(edges) == network.number_of_edges()


@each_format
def test_every_claim_is_an_edge(small, format):
    edges = read(format, write(format, small)).edges(data=True)
    claims = [
        (source, data["relation"], target)
        for source, target, data in edges
        if data["status"] != "inferred"
    ]
    assert sorted(claims) == sorted(
        (str(ID[s]), relation, str(ID[o])) for s, relation, o, _ in CLAIMS
    )


@each_format
def test_nodes_have_labels_and_codes(stated, format):
    nodes = read(format, write(format, stated)).nodes
    assert nodes[str(ID.USA)] == {
        "label": "United States", "type": "State", "country": "USA", "cow": 2, "wikidata": "Q30",
        "mentions": 3,
    }  # fmt: skip
    assert nodes[str(ID.Tokyo)]["cow"] == 740


@each_format
def test_edges_tell_what_kind_of_statement_they_are(stated, format):
    network = read(format, write(format, stated))
    told = sorted(
        (data["label"], data["status"], data["weight"]) for *_, data in network.edges(data=True)
    )
    assert told == [
        ("is allied with", "fact", 1.0),
        ("meets", "fact", 1.0),
        ("meets (inferred)", "inferred", 1.0),
        ("meets (negative)", "claim", 1.0),
        ("visits (possible, attributed)", "claim", 1.0),
    ]
    first = network.edges[str(ID.USA), str(ID.Japan), f"{ARTICLE}/claim/0000"]
    assert {
        "relation": "meets", "status": "fact", "polarity": "positive", "modality": "asserted",
        "holder": "author", "period": "2017-11", "quote": "USA meets Japan",
        "article": "Article 1", "article_date": "2018-06-10", "confidence": 0.8,
        "plover": "CONSULT", "quad_class": "verbal cooperation",
    }.items() <= first.items()  # fmt: skip
    second = network.edges[str(ID.USA), str(ID.Japan), f"{ARTICLE}/claim/0001"]
    assert second["topic"] == "trade talks"
    third = network.edges[str(ID.Trump), str(ID.Tokyo), f"{ARTICLE}/claim/0002"]
    assert third["holder"] == "Japan"


def test_gephi_takes_no_attribute_for_a_label(stated):
    # Its reader of GraphML takes the keys d3 and d7 for yEd's labels, whatever they hold.
    keys = re.findall(r'<key id="([^"]+)"', write("graphml", stated).decode())
    assert len(keys) == len(set(keys)) and not {"d3", "d7"} & set(keys)
    assert {"node-label", "edge-label", "edge-weight"} <= set(keys)


def test_gexf_tells_no_time_and_gives_edges_a_kind(stated):
    root = ElementTree.fromstring(write("gexf", stated))
    assert root.find("{*}meta") is None and "networkx" not in ElementTree.tostring(root).decode()
    edges = list(root.iter("{http://gexf.net/1.3}edge"))
    assert len(edges) == 5
    assert all(edge.get("kind") == edge.get("label") for edge in edges)
    assert {edge.get("id") for edge in edges} >= {
        f"{ARTICLE}/claim/{number:04}" for number in range(4)
    }


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.sampled_from([*FORMATS]))
def test_any_text_makes_readable_xml(text, format):
    claim = make_claim("USA", "meets", "Japan", quote=text, topic=text)
    with open_stated_graph({1: None}, [claim]) as store:
        network = read(format, write(format, store))
    ((*_, edge),) = network.edges(data=True)
    kept = " ".join(re.sub("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", text).split())
    assert edge.get("quote", "") == kept


# ------------------------------------------------------------------------------ property graph


def read_rows(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_neo4j_finds_typed_nodes_and_relationships(stated, tmp_path):
    export_neo4j(stated, tmp_path / "new" / "folder")
    nodes = read_rows(tmp_path / "new" / "folder" / "nodes.csv")
    ties = read_rows(tmp_path / "new" / "folder" / "relationships.csv")
    assert {
        "iri:ID": str(ID.USA), "name:string": "United States", "type:string": "State",
        "country:string": "USA", "cow:int": "2", "wikidata:string": "Q30", "mentions:int": "3",
        ":LABEL": "Entity;State",
    } in nodes  # fmt: skip
    known = {node["iri:ID"] for node in nodes}
    assert len(known) == len(nodes)
    assert all({tie[":START_ID"], tie[":END_ID"]} <= known for tie in ties)
    assert [(tie[":TYPE"], tie["status:string"]) for tie in ties] == [
        ("MEETS", "fact"), ("MEETS", "claim"), ("VISITS", "claim"), ("ALLIED_WITH", "fact"),
        ("MEETS", "inferred"),
    ]  # fmt: skip
    assert (ties[0]["confidence:double"], ties[0]["start:int"], ties[0]["end:int"]) == (
        "0.8",
        "0",
        "15",
    )
    assert ties[1]["topic:string"] == "trade\n talks"
    types = {name.rpartition(":")[2] for row in (nodes[0], ties[0]) for name in row}
    assert types == {"ID", "LABEL", "START_ID", "END_ID", "TYPE", "string", "int", "double"}


def test_the_readme_holds_the_command_of_the_help(stated, tmp_path):
    export_neo4j(stated, tmp_path)
    assert IMPORT_COMMAND in (tmp_path / "README.txt").read_text(encoding="utf-8").splitlines()
    assert IMPORT_COMMAND in EXPORT_HELP
    named = [word.partition("=")[2] for word in shlex.split(IMPORT_COMMAND) if ".csv" in word]
    assert all((tmp_path / name).is_file() for name in named)


def test_a_folder_written_again_is_the_same(stated, tmp_path):
    export_neo4j(stated, tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    export_neo4j(stated, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
    assert first.keys() == {"nodes.csv", "relationships.csv", "README.txt"}


def test_a_file_in_the_way_is_told(stated, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match=r"cannot be made .* choose another place"):
        export_neo4j(stated, tmp_path / "file")


# ------------------------------------------------------------------------------------ command


@pytest.fixture
def graph(tmp_path):
    with open_graph(tmp_path / "graph", create=True) as store:
        fill_small_graph(store)
    return tmp_path / "graph"


def test_the_command_knows_every_format():
    assert set(EXPORTED_TABLES) == TABLE_EXPORTS.keys()
    assert set(EXPORTED_FOLDERS) == DIRECTORY_EXPORTS.keys()
    for name in (*EXPORTED_TABLES, *EXPORTED_FOLDERS):
        assert name in EXPORT_HELP


@pytest.mark.parametrize("format", EXPORTED_TABLES)
def test_the_command_writes_tables_and_networks(graph, tmp_path, capfdbinary, format):
    arguments = ["export", "--graph", str(graph), "-f", format]
    assert main([*arguments, "-o", str(tmp_path / "out")]) == 0
    assert main(arguments) == 0
    assert capfdbinary.readouterr().out == (tmp_path / "out").read_bytes() != b""


def test_the_command_writes_a_folder(graph, tmp_path, capsys):
    arguments = ["export", "--graph", str(graph), "-f", "neo4j"]
    assert main([*arguments, "-o", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "nodes.csv").is_file()
    for wrong in (arguments, [*arguments, "-o", "-"]):
        assert main(wrong) == 2
        assert (
            "neo4j is several files: name a folder for them with -o DIR" in capsys.readouterr().err
        )
