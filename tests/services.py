"""The services that linkers ask, on the loopback interface, answering from `tests/recorded`.

What they know is in those files, in the forms that the services document; how they answer is here:
searching by names, taking batches apart, refusing what they would refuse.
"""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from servers import send

RECORDED = Path(__file__).parent / "recorded"
WD = "http://www.wikidata.org/entity/"
PATHS = {
    "wikidata": "/w/api.php",
    "wikidata-sparql": "/sparql",
    "dbpedia": "/lookup/api/search",
    "spotlight": "/en/annotate",
    "geonames": "/searchJSON",
}


def load_recorded(name):
    """The recorded answers of a service."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


class Services:
    """Answers as the services do; `changed` replaces items of Wikidata, None takes one away."""

    def __init__(self, changed=None):
        self.items = {**load_recorded("wikidata")["entities"], **(changed or {})}
        self.dbpedia = load_recorded("dbpedia")
        self.places = load_recorded("geonames")["geonames"]
        self.reconciliation = load_recorded("reconciliation")
        self.wikidata = load_recorded("wikidata")

    def __call__(self, handler):
        """Answer one request of a test server."""
        url = urlsplit(handler.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        body = handler.server.requests[-1]
        if handler.command == "POST" and isinstance(body, str):
            asked |= {name: values[0] for name, values in parse_qs(body).items()}
        match url.path:
            case "/w/api.php":
                answer = self._answer_api(asked)
            case "/sparql":
                answer = self._answer_sparql(asked["query"])
            case "/lookup/api/search":
                answer = self._look_up(asked["query"])
            case "/en/annotate":
                answer = self._annotate(asked["text"])
            case "/searchJSON":
                answer = self._search_places(asked)
            case "/0.2":
                answer = self._reconcile_batch(asked)
            case "/1.0-draft":
                answer = self.reconciliation["manifests"]["1.0-draft"]
            case "/1.0-draft/reconcile":
                answer = self._reconcile_draft(body)
            case _:
                send({"error": "not found"}, 404)(handler)
                return
        send(answer, Content_Type="application/json; charset=utf-8")(handler)

    # ------------------------------------------------------------------------------ Wikidata

    def _answer_api(self, asked):
        assert (asked["format"], asked["maxlag"]) == ("json", "5")
        if asked["action"] == "wbsearchentities":
            return self._search_items(asked)
        assert asked["action"] == "wbgetentities"
        names = asked["ids"].split("|")
        assert len(names) <= 50
        entities = {}
        for name in names:
            item = self.items.get(name)
            entities[name] = {"id": name, "missing": ""} if item is None else self._cut(item, asked)
        return {"entities": entities, "success": 1}

    @staticmethod
    def _cut(item, asked):
        kept = {"type": "item", "id": item["id"]}
        if "redirects" in item:
            kept["redirects"] = item["redirects"]
        for part in asked["props"].split("|"):
            kept[part] = item.get(part, {})
        languages = asked["languages"].split("|")
        for part in {"labels", "descriptions"} & kept.keys():
            kept[part] = {k: v for k, v in kept[part].items() if k in languages}
        return kept

    def _search_items(self, asked):
        wanted = asked["search"].casefold()
        rows = []
        for name, item in self.items.items():
            if item is None or item["id"] != name:
                continue
            label = item["labels"].get("en", {}).get("value", "")
            aliases = item["aliases"] or {}
            others = [alias["value"] for alias in aliases.get("en", ())]
            fits = [text for text in (label, *others) if text.casefold().startswith(wanted)]
            if fits:
                rows.append(
                    {
                        "id": name,
                        "title": name,
                        "concepturi": f"{WD}{name}",
                        "label": label,
                        "match": {"type": "label", "language": "en", "text": fits[0]},
                    }
                )
        rows = rows[: int(asked["limit"])]
        return {"searchinfo": {"search": asked["search"]}, "search": rows, "success": 1}

    def _answer_sparql(self, query):
        rows = []
        if "wdt:P279*" in query:
            columns = ["class", "anchor"]
            asked, anchors = (
                set(re.findall(r"wd:(Q\d+)", re.search(rf"VALUES \?{name} {{([^}}]*)}}", query)[1]))
                for name in columns
            )
            for name in sorted(asked):
                for anchor in self.wikidata["classes"].get(name, ()):
                    if anchor in anchors:
                        rows.append({"class": _uri(name), "anchor": _uri(anchor)})
        else:
            columns = ["body", "member", "start", "startPrecision", "end", "endPrecision"]
            bodies = re.findall(r"wd:(Q\d+)", re.search(r"VALUES \?body {([^}]*)}", query)[1])
            for body in bodies:
                for member, start, end in self.wikidata["members"].get(body, ()):
                    row = {"body": _uri(body), "member": _uri(member)}
                    for name, date in (("start", start), ("end", end)):
                        if date:
                            row[name] = _literal(f"{date}T00:00:00Z")
                            row[f"{name}Precision"] = _literal("11")
                    rows.append(row)
        return {"head": {"vars": columns}, "results": {"bindings": rows}}

    # ------------------------------------------------------------------- DBpedia and GeoNames

    def _look_up(self, query):
        wanted = query.casefold().split()
        docs = []
        for doc in self.dbpedia["docs"]:
            named = " ".join([*doc["label"], *doc["redirectlabel"]])
            text = re.sub(r"</?B>", "", named).casefold()
            if all(word in text for word in wanted):
                docs.append(doc)
        return {"docs": docs}

    def _annotate(self, text):
        answer = {"@text": text, "@confidence": "0.35", "@support": "0", "@types": ""}
        found = [
            row
            for name, rows in self.dbpedia["annotations"].items()
            if name in text
            for row in rows
        ]
        return {**answer, "Resources": found} if found else answer

    def _search_places(self, asked):
        if asked.get("username") != "tester":
            return {"status": {"message": "user does not exist.", "value": 10}}
        wanted = asked["q"].casefold()
        rows = [
            place
            for place in self.places
            if any(
                wanted in name.casefold()
                for name in (place["name"], *(each["name"] for each in place["alternateNames"]))
            )
            and asked.get("featureClass", place["fcl"]) == place["fcl"]
        ]
        rows.sort(key=lambda place: place["countryCode"] != asked.get("countryBias"))
        return {"totalResultsCount": len(rows), "geonames": rows}

    # -------------------------------------------------------------------------- reconciliation

    def _reconcile_batch(self, asked):
        if "queries" not in asked:
            return self.reconciliation["manifests"]["0.2"]
        return {
            key: {"result": self._find_candidates("0.2", query["query"], query.get("type"))}
            for key, query in json.loads(asked["queries"]).items()
        }

    def _reconcile_draft(self, body):
        results = []
        for query in body["queries"]:
            (name,) = (c["propertyValue"] for c in query["conditions"] if c["matchType"] == "name")
            found = self._find_candidates("1.0-draft", name, query.get("type"))
            results.append({"candidates": found})
        return {"results": results}

    def _find_candidates(self, version, name, types):
        wanted = [types] if isinstance(types, str) else types
        return [
            row
            for row in self.reconciliation["candidates"][version]
            if name.casefold() in row["name"].casefold()
            and (
                wanted is None
                or {each if isinstance(each, str) else each["id"] for each in row["type"]}
                & set(wanted)
            )
        ]


def _uri(name):
    return {"type": "uri", "value": f"{WD}{name}"}


def _literal(value):
    return {"type": "literal", "value": value}
