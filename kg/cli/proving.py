"""The commands that reason: what follows, from what, for whom."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.cli.commands import open_output, write_output
from kg.errors import ExportError, GraphError, UnknownTermError

if TYPE_CHECKING:
    from rdflib import URIRef

    from kg.rdf import Format, Triple
    from kg.reasoning.graphs import Reasoned
    from kg.store import GraphStore

_DONE, _FOUND = 0, 1
_SYNTAXES = {
    ".ttl": "turtle", ".nt": "ntriples", ".nq": "nquads", ".trig": "trig", ".jsonld": "jsonld",
}  # fmt: skip


def explain(arguments: argparse.Namespace) -> int:
    """Prove a triple down to the sentences it rests on."""
    from kg.reasoning import explain as explain_triple
    from kg.reasoning import explain_all, format_proof, proof_to_json
    from kg.reasoning.proof_graphs import proof_to_dot, proof_to_turtle
    from kg.store import open_graph

    with open_graph(arguments.graph, read_only=True) as store:
        accepted = _find_holders(store, arguments.accept)
        triple = _find_triple(store, arguments)
        try:
            proofs = (
                explain_all(store, triple, accepted=accepted)
                if arguments.all
                else (explain_triple(store, triple, accepted=accepted),)
            )
        except UnknownTermError as error:
            # The names are known, so this is an answer and not a wrong use.
            sys.stderr.write(f"kg: {error}\n")
            return _FOUND
    if arguments.json:
        told = [proof_to_json(proof) for proof in proofs]
        text = json.dumps(told if arguments.all else told[0], ensure_ascii=False, indent=1) + "\n"
    elif arguments.turtle:
        text = proof_to_turtle(proofs)
    elif arguments.dot:
        text = proof_to_dot(proofs)
    else:
        text = "\n\n".join(map(format_proof, proofs)) + "\n"
    write_output(text, arguments.output)
    return _DONE if proofs[0].holds else _FOUND


def _find_triple(store: GraphStore, arguments: argparse.Namespace) -> Triple:
    """The triple that three names mean, one that the graph has if it has any."""
    from itertools import product

    from kg.query import find_relation, find_things

    relation = find_relation(store, arguments.relation)
    objects = find_things(store, arguments.object, kinds=True)
    triples = [(s, relation, o) for s, o in product(find_things(store, arguments.subject), objects)]
    for subject, predicate, object_ in triples:
        quads = store.quads(subject=subject, predicate=predicate, object=object_)
        if next(quads, None) is not None:
            return subject, predicate, object_
    return triples[0]


def _find_holders(store: GraphStore, names: Sequence[str]) -> tuple[URIRef, ...]:
    """The things that names mean, to take their word; the best of several."""
    from kg.query import find_things

    return tuple(find_things(store, name)[0] for name in names)


def reason(arguments: argparse.Namespace) -> int:
    """Write what follows: from RDF files, or in the graph, also as someone else sees it."""
    if arguments.files and (arguments.perspective or arguments.accept):
        message = "a perspective is taken in a graph that kg build made: leave the files out"
        raise GraphError(message, path=arguments.files[0])
    if arguments.files:
        return _reason_over_files(arguments)
    return _reason_in_graph(arguments)


def _reason_over_files(arguments: argparse.Namespace) -> int:
    from kg.rdf import format_terms
    from kg.reasoning.graphs import choose_engine, reason_files

    syntax = _choose_syntax(arguments.output)
    fitting = choose_engine(arguments.files)
    engine = arguments.engine or fitting
    if engine == fitting == "duckdb":
        return _stream_over_files(arguments)
    reasoned = reason_files(arguments.files, engine=engine)
    told = reasoned.inferred if arguments.only_inferred else reasoned.given | reasoned.inferred
    if arguments.stats:
        write_output(_format_stats(reasoned, as_json=arguments.json), None)
    if arguments.output is not None or not arguments.stats:
        with open_output(arguments.output) as out:
            out.write(format_terms(told, syntax))
    for line in (*reasoned.warnings, *reasoned.contradictions):
        sys.stderr.write(f"kg: {line}\n")
    return _FOUND if reasoned.contradictions else _DONE


def _stream_over_files(arguments: argparse.Namespace) -> int:
    """Close files that are too large for the memory, straight into N-Triples."""
    from kg.reasoning.graphs import stream_closure

    if arguments.only_inferred or (arguments.output and arguments.output.suffix != ".nt"):
        message = "so much RDF is written whole, as N-Triples: end the name of the output in .nt"
        raise ExportError(message, target=str(arguments.output))
    if arguments.stats and arguments.output is None:
        streamed = stream_closure(arguments.files, None)
    else:
        with open_output(arguments.output) as out:
            streamed = stream_closure(arguments.files, out)
    if arguments.stats:
        stats = {
            "engine": "duckdb",
            "given": streamed.given,
            "inferred": streamed.inferred,
            "contradictions": len(streamed.contradictions),
            "seconds": round(streamed.seconds, 3),
        }
        write_output(_format_counts(stats, as_json=arguments.json), None)
    for line in (*streamed.warnings, *streamed.contradictions):
        sys.stderr.write(f"kg: {line}\n")
    return _FOUND if streamed.contradictions else _DONE


def _choose_syntax(output: Path | None) -> Format:
    from kg.rdf import Format

    if output is None or output == Path("-"):
        return Format.TURTLE
    name = _SYNTAXES.get(output.suffix.lower())
    if name is None:
        known = ", ".join(_SYNTAXES)
        raise ExportError(f"{output}: end the name in one of {known}", target=str(output))
    return Format(name)


def _format_stats(reasoned: Reasoned, *, as_json: bool) -> str:
    stats = {
        "engine": reasoned.engine,
        "given": len(reasoned.given),
        "inferred": len(reasoned.inferred),
        "contradictions": len(reasoned.contradictions),
        "seconds": round(reasoned.seconds, 3),
    }
    return _format_counts(stats, as_json=as_json)


def _format_counts(counts: Mapping[str, object], *, as_json: bool) -> str:
    if as_json:
        return json.dumps(counts, indent=1) + "\n"
    return "".join(f"{name:18s}{value}\n" for name, value in counts.items())


def _reason_in_graph(arguments: argparse.Namespace) -> int:
    from kg.rdf import format_term, format_terms
    from kg.reasoning.perspectives import Basis, take_perspective
    from kg.store import open_graph

    syntax = _choose_syntax(arguments.output)
    with open_graph(arguments.graph, read_only=True) as store:
        asked = [*([arguments.perspective] if arguments.perspective else []), *arguments.accept]
        perspective = take_perspective(store, _find_holders(store, asked))
    rows = [
        (triple, basis)
        for triple, basis in perspective.triples
        if basis is Basis.INFERRED or not arguments.only_inferred
    ]
    if arguments.stats:
        counts = {each.value: sum(basis is each for _, basis in rows) for each in Basis}
        counts["beyond the facts"] = len(perspective.beyond)
        write_output(_format_counts(counts, as_json=arguments.json), None)
        return _DONE
    if arguments.json:
        listed = [
            {
                "subject": str(triple[0]),
                "relation": str(triple[1]),
                "object": str(triple[2]),
                "basis": basis.value,
                "beyond_facts": triple in perspective.beyond,
            }
            for triple, basis in rows
        ]
        text = json.dumps(listed, ensure_ascii=False, indent=1) + "\n"
        write_output(text, arguments.output)
        return _DONE
    written = ((format_term(s), format_term(p), format_term(o)) for (s, p, o), _ in rows)
    with open_output(arguments.output) as out:
        out.write(format_terms(written, syntax))
    return _DONE


def entails(arguments: argparse.Namespace) -> int:
    """Tell whether an RDF file follows from the graph, or from other files; 1 where it does not."""
    from kg.reasoning.closure import load_owl_rules, load_own_rules, write_triple
    from kg.reasoning.entailment import entails as find_entailment
    from kg.reasoning.entailment_words import entailment_to_json, format_entailment
    from kg.reasoning.graphs import read_files
    from kg.reasoning.labels import find_labels
    from kg.reasoning.premises import gather_premises
    from kg.reasoning.rulebook import read_clauses
    from kg.store import open_graph

    conclusions = list(read_files([arguments.conclusion]))
    if arguments.premises:
        labels = {}
        premises, rules = list(read_files(arguments.premises)), load_owl_rules()
    else:
        own = load_own_rules()
        with open_graph(arguments.graph, read_only=True) as store:
            gathered = gather_premises(store, own)
            labels = {**find_labels(store), **gathered.labels}
        premises = list(map(write_triple, sorted(gathered.schema | gathered.data)))
        rules = (*load_owl_rules(), *read_clauses(own))
    found = find_entailment(premises, conclusions, rules)
    if arguments.json:
        told = entailment_to_json(found, labels)
        text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    else:
        text = format_entailment(found, labels)
    write_output(text, None)
    return _DONE if found.holds else _FOUND
