"""The commands that look things up outside: `kg link` and `kg enrich`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from kg.cli.commands import write_output
from kg.cli.reviewing import add_review_options, review_links
from kg.errors import LinkError

if TYPE_CHECKING:
    from kg.linking.client import Client
    from kg.linking.online import Outcome, Settings
    from kg.linking.records import LinkDecision

_DONE, _FOUND = 0, 1
_CONTACT, _ACCOUNT = "KG_CONTACT", "KG_GEONAMES_USER"
_KINDS = (
    "State", "Government", "Person", "Organization", "Alliance", "ArmedForce", "Place",
    "Agreement", "Policy", "Event",
)  # fmt: skip


def add_link_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `kg link`."""
    parser.add_argument(
        "--online",
        metavar="NAMES",
        help="where to look, with commas between: wikidata, dbpedia, geonames, or the URL of a "
        "reconciliation service",
    )
    _add_online_options(parser)
    parser.add_argument(
        "--geonames-user",
        metavar="NAME",
        default=os.environ.get(_ACCOUNT),
        help=f"the account at GeoNames (default: ${_ACCOUNT})",
    )
    parser.add_argument(
        "--type",
        action="append",
        default=[],
        type=_read_type,
        metavar="KIND=TYPE",
        help="a reconciliation service's type for a kind, as State=Q6256; may be given again",
    )
    parser.add_argument(
        "--country-property",
        metavar="PROPERTY",
        help="the property by which a reconciliation service knows a thing's country",
    )
    add_review_options(parser)
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")


def add_enrich_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `kg enrich`."""
    parser.add_argument(
        "--online",
        nargs="?",
        const="wikidata",
        choices=("wikidata",),
        help="fetch facts about linked things as well, from Wikidata",
    )
    _add_online_options(parser)
    parser.add_argument(
        "--languages",
        metavar="CODES",
        help="the languages of labels, with commas between (default: those of great reach)",
    )
    parser.add_argument("--json", action="store_true", help="JSON instead of text")


def _add_online_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("going online")
    group.add_argument(
        "--contact",
        metavar="ADDRESS",
        default=os.environ.get(_CONTACT),
        help=f"your mail address or URL, which services ask for (default: ${_CONTACT})",
    )
    group.add_argument(
        "--offline", action="store_true", help="take only answers that are kept, however old"
    )
    group.add_argument(
        "--cache", type=Path, metavar="FILE", help="where answers are kept (default: in ~/.cache)"
    )
    group.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="HOST",
        help="a host of yours, or host:port, which may lie on a private address and is asked "
        "without a pause; may be given again",
    )
    group.add_argument(
        "--service",
        action="append",
        default=[],
        type=_read_service,
        metavar="NAME=URL",
        help="another address for wikidata, wikidata-sparql, dbpedia, spotlight or geonames, "
        "or none (spotlight=)",
    )


# ---------------------------------------------------------------------------------- commands


def link(arguments: argparse.Namespace) -> int:
    """Look up the things of the graph that have no link yet, and decide which links are sure.

    With --review, keep what people decided and list what is open.
    """
    from kg.corpus import apply_reviews
    from kg.enrichment.links import find_decided, keep_decisions
    from kg.enrichment.things import list_queries
    from kg.linking.alignment import load_alignment
    from kg.linking.online import link_things, prepare_linker
    from kg.review import read_decisions
    from kg.store import open_graph

    names = [name.strip() for name in (arguments.online or "").split(",") if name.strip()]
    if not names and arguments.review is not None:
        return review_links(arguments)
    if not names:
        message = (
            "say where to look: --online wikidata,dbpedia,geonames or a service's URL, or what "
            "to review: --review FILE"
        )
        raise LinkError(message, url="")
    settings, alignment = _read_settings(arguments), load_alignment()
    outcomes: list[Outcome] = []
    with _open_client(arguments) as client, _show_progress() as show:
        for name in dict.fromkeys(names):
            linker = prepare_linker(name, client, alignment, settings)
            with open_graph(arguments.graph, read_only=True) as store:
                decided = find_decided(store, linker.dataset)
                queries = list_queries(store, decided=decided, dataset=linker.dataset)

            outcome = link_things(
                queries, linker, report=lambda each: show(each.dataset, each.done, each.total)
            )
            outcomes.append(outcome)
            answered = {decision.query.entity for decision in outcome.decisions}
            # Open for writing only now: asking may take hours.
            with open_graph(arguments.graph) as store:
                keep_decisions(
                    store,
                    outcome.decisions,
                    dataset=linker.dataset,
                    method=linker.method,
                    unanswered={each.entity for each in queries} - answered,
                )
    if arguments.review is not None:
        review_links(arguments)
    elif read_decisions(arguments.graph):
        apply_reviews(arguments.graph)
    write_output(_format_json(outcomes) if arguments.json else _format_table(outcomes), None)
    failures = dict.fromkeys(each for outcome in outcomes for each in outcome.failures)
    return _tell(failures)


def enrich(arguments: argparse.Namespace) -> int:
    """Bring facts about the things of the graph into it, from the names and from Wikidata."""
    from kg.cli.output import to_json
    from kg.enrichment import enrich_graph
    from kg.linking.alignment import load_alignment
    from kg.linking.wikidata import LANGUAGES, WikidataItems
    from kg.store import open_graph

    alignment = load_alignment()
    languages = [each.strip() for each in (arguments.languages or "").split(",") if each.strip()]
    if arguments.online:
        settings = _read_settings(arguments)
        with (
            _open_client(arguments) as client,
            _show_progress() as show,
            open_graph(arguments.graph) as store,
        ):
            items = WikidataItems(
                client,
                alignment,
                api=settings.find_service("wikidata"),
                sparql=settings.find_service("wikidata-sparql"),
                languages=languages or LANGUAGES,
            )
            summary = enrich_graph(
                store,
                alignment,
                items=items,
                report=lambda done, total: show("wikidata", done, total),
            )
    else:
        with open_graph(arguments.graph) as store:
            summary = enrich_graph(store, alignment)
    if arguments.json:
        write_output(to_json(summary), None)
    else:
        lines = [f"{name:<17} {count}\n" for name, count in summary.records.items()]
        lines.append(f"{'triples':<17} {summary.triples}\n")
        if summary.unanswered:
            lines.append(f"{'not asked':<17} {summary.unanswered} things\n")
        write_output("".join(lines), None)
    return _tell(summary.failures)


# ----------------------------------------------------------------------------------- options


def _read_settings(arguments: argparse.Namespace) -> Settings:
    from kg.iris import KG
    from kg.linking.online import Settings
    from kg.linking.reconciliation import Wishes

    types = {KG[kind]: identifier for kind, identifier in getattr(arguments, "type", ())}
    return Settings(
        services=dict(arguments.service),
        geonames_account=getattr(arguments, "geonames_user", None),
        wishes=Wishes(types, getattr(arguments, "country_property", None)),
    )


@contextmanager
def _open_client(arguments: argparse.Namespace) -> Iterator[Client]:
    from kg.compiled import cache_directory
    from kg.linking.cache import Cache
    from kg.linking.client import Client, Operator

    operator = Operator(
        contact=arguments.contact,
        offline=arguments.offline,
        allowed=frozenset(arguments.allow_host),
    )
    with Cache(arguments.cache or cache_directory() / "services.sqlite") as cache:
        yield Client(cache, operator)


def _read_service(text: str) -> tuple[str, str]:
    name, sign, url = text.partition("=")
    known = ("wikidata", "wikidata-sparql", "dbpedia", "spotlight", "geonames")
    if not sign or name not in known or (not url and name != "spotlight"):
        raise argparse.ArgumentTypeError(f"{text} is no address: write {'|'.join(known)}=URL")
    return name, url


def _read_type(text: str) -> tuple[str, str]:
    kind, sign, identifier = text.partition("=")
    if not sign or kind not in _KINDS or not identifier:
        raise argparse.ArgumentTypeError(f"{text} is no type: write {'|'.join(_KINDS)}=TYPE")
    return kind, identifier


# ------------------------------------------------------------------------------------ output


def _format_table(outcomes: Sequence[Outcome]) -> str:
    """What was linked or is open, a row each, and how many things are neither."""
    from kg.cli.output import clean_line, format_rows
    from kg.linking.records import LinkState

    decisions = [each for outcome in outcomes for each in outcome.decisions]
    rows = [_list_cells(each) for each in decisions if each.state is not LinkState.UNKNOWN]
    counts = {state.value: sum(each.state is state for each in decisions) for state in LinkState}
    counts["not asked"] = sum(outcome.unanswered for outcome in outcomes)
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    if not rows:
        return f"{told}\n"
    columns = ["thing", "kind", "state", "target", "label", "score", "parts"]
    table = format_rows(
        columns,
        [[clean_line(cell) for cell in row] for row in rows],
        color=sys.stdout.isatty(),
    )
    return f"{table}{told}\n"


def _list_cells(decision: LinkDecision) -> list[str]:
    best = decision.candidates[0]
    parts = " ".join(f"{part} {value:.2f}" for part, value in best.parts)
    others = len(decision.candidates) - 1
    state = decision.state.value + (f" (of {others + 1})" if others else "")
    kind = decision.query.kind.rsplit("#", 1)[-1]
    return [
        decision.query.names[0],
        kind,
        state,
        str(best.target),
        best.label,
        f"{best.score:.2f}",
        parts,
    ]


def _format_json(outcomes: Sequence[Outcome]) -> str:
    import json

    told = {
        "decisions": [
            {**asdict(each), "state": each.state.value}
            for outcome in outcomes
            for each in outcome.decisions
        ],
        "unanswered": sum(outcome.unanswered for outcome in outcomes),
        "failures": [each for outcome in outcomes for each in outcome.failures],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _tell(failures: Sequence[str] | dict[str, None]) -> int:
    """Say on standard error what could not be asked."""
    from kg.cli.output import clean_line

    for each in failures:
        sys.stderr.write(clean_line(f"kg: {each}") + "\n")
    if failures:
        sys.stderr.write("kg: what was answered is kept: the same command goes on from there\n")
    return _FOUND if failures else _DONE


@contextmanager
def _show_progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each service on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda name, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(file=sys.stderr),
        transient=True,
    )
    with bar:
        tasks = {}

        def show(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=total)
            bar.update(tasks[name], completed=done, total=total)

        yield show
