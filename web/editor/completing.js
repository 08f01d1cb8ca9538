// Completion in the editor: classes and properties of the ontology, things by name, prefixes.

const MOST = 40;
const LEAST = 2;
const KEYWORDS = ["SELECT", "DISTINCT", "WHERE", "OPTIONAL", "FILTER", "UNION", "BIND", "GRAPH", "VALUES", "MINUS", "SERVICE", "PREFIX", "CONSTRUCT", "ASK", "DESCRIBE", "ORDER", "GROUP", "LIMIT", "OFFSET", "HAVING"];
const TYPES = ["a", "rdf:type", "rdfs:domain", "rdfs:range"];
const LOCAL = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
const TERMS = `SELECT DISTINCT ?iri ?label ?sort WHERE {
  GRAPH <https://w3id.org/concord/graph/ontology> { ?iri a ?type
    VALUES (?type ?sort) {
      (owl:Class "class") (rdfs:Class "class") (owl:ObjectProperty "property")
      (owl:DatatypeProperty "property") (owl:AnnotationProperty "property") (rdf:Property "property")
    }
    OPTIONAL { ?iri rdfs:label ?label }
  }
} ORDER BY ?iri`;
const USUAL = [["rdf:type", "is a"], ["rdfs:label", "label"]];

async function fetchPrefixes(base) {
  const reply = await fetch(`${base}/prefixes`, { headers: { Accept: "application/json" } });
  return reply.ok ? (await reply.json())["@context"] : {};
}

async function fetchTerms(base, shorten) {
  const reply = await fetch(`${base}/sparql`, {
    method: "POST", body: new URLSearchParams({ query: TERMS }),
    headers: { Accept: "application/sparql-results+json" },
  });
  const { results } = reply.ok ? await reply.json() : { results: { bindings: [] } };
  const terms = { class: new Map(), property: new Map(USUAL) };
  for (const { iri, label, sort } of results.bindings) {
    if (iri.type === "uri") terms[sort.value].set(shorten(iri.value), label?.value ?? "");
  }
  return terms;
}

/** The terms whose short form or label fits what was typed, those that begin so first. */
function search(terms, typed) {
  const wanted = typed.toLowerCase();
  const found = [];
  for (const [name, label] of terms) {
    const local = name.slice(name.indexOf(":") + 1).toLowerCase();
    const texts = [name.toLowerCase(), local, label.toLowerCase()];
    if (texts.some((text) => text.startsWith(wanted))) found.unshift([0, name]);
    else if (texts.some((text) => text.includes(wanted))) found.push([1, name]);
  }
  return found.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1)).slice(0, MOST).map(([, name]) => name);
}

function renderHint(label, kind) {
  return (element, _, { text }) => {
    const name = document.createElement("span");
    name.textContent = text;
    const told = document.createElement("span");
    told.className = "hint";
    told.textContent = kind ? `${label} · ${kind}` : label;
    element.append(name, told);
  };
}

/** What was typed before the cursor, in whatever pieces the tokenizer takes it. */
function findWord(yasqe) {
  const { line, ch } = yasqe.getDoc().getCursor();
  const [word] = /(?<![?$<@^\w:-])[\w:-]*$/.exec(yasqe.getDoc().getLine(line).slice(0, ch)) ?? [""];
  return { word, from: ch - word.length, to: ch };
}

/** What may stand where the word begins, and the property before it. */
function findPlace(yasqe) {
  const { line } = yasqe.getDoc().getCursor();
  const { state } = yasqe.getTokenAt({ line, ch: findWord(yasqe).from }, true);
  return { possible: state.possibleNext ?? [], lastProperty: state.lastProperty };
}

/** A query that declares the usual prefixes that it has; to the server they are known anyway. */
export function declarePrefixes(query, prefixes) {
  const bare = query.replace(/#.*|<[^>\s]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, " ");
  const missing = Object.entries(prefixes).filter(([prefix]) =>
    new RegExp(`(?<![\\w:?$-])${prefix}:`).test(bare)
    && !new RegExp(`PREFIX\\s+${prefix}:`, "i").test(bare));
  return missing.map(([prefix, iri]) => `PREFIX ${prefix}: <${iri}>\n`).join("") + query;
}

/** Completion from this server only, in the place of YASQE's own, which asks others. */
export async function registerCompleters(Yasqe, base) {
  const prefixes = await fetchPrefixes(base);
  const shorten = (iri) => {
    for (const [prefix, namespace] of Object.entries(prefixes)) {
      const local = iri.startsWith(namespace) ? iri.slice(namespace.length) : "";
      if (LOCAL.test(local)) return `${prefix}:${local}`;
    }
    return `<${iri}>`;
  };
  const terms = await fetchTerms(base, shorten);
  const things = new Map();
  const withLabels = (sort) => (_, hints) => hints.map((hint) => {
    const label = sort === "thing" ? things.get(hint.text)?.label : terms[sort].get(hint.text);
    return { ...hint, render: renderHint(label ?? "", things.get(hint.text)?.type) };
  });
  const usual = {
    bulk: false, autoShow: true, persistenceId: null,
    preProcessToken: (yasqe, token) => {
      const { word, from, to } = findWord(yasqe);
      return { ...token, string: word, from: { ch: from }, to: { ch: to } };
    },
  };
  Yasqe.defaults.autocompleters = ["prefixes", "variables"];
  Yasqe.forkAutocompleter("prefixes", {
    name: "prefixes", persistenceId: null,
    get: () => Object.entries(prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`).sort(),
  });
  const places = {
    class: ({ lastProperty, possible }) => possible.length > 0 && TYPES.includes(lastProperty),
    property: ({ possible }) => possible.includes("a"),
  };
  for (const sort of ["class", "property"]) {
    Yasqe.registerAutocompleter({
      ...usual, name: sort,
      isValidCompletionPosition: (yasqe) => findWord(yasqe).word !== "" && places[sort](findPlace(yasqe)),
      get: (_, token) => search(terms[sort], token.string),
      postprocessHints: withLabels(sort),
    });
  }
  Yasqe.registerAutocompleter({
    ...usual, name: "thing",
    isValidCompletionPosition: (yasqe) => {
      const { word } = findWord(yasqe);
      const place = findPlace(yasqe);
      const typed = word.replace(/^id:/, "");
      if (!/^[A-Za-z]/.test(typed) || typed.includes(":") || typed.length < LEAST) return false;
      if (KEYWORDS.some((keyword) => keyword.startsWith(typed.toUpperCase()))) return false;
      if (places.property(place) || places.class(place)) return false;
      return ["IRI_REF", "IRIREF", "PNAME_LN", "PNAME_NS"].some((each) => place.possible.includes(each));
    },
    get: async (_, token) => {
      const prefix = token.string.replace(/^id:/, "").replaceAll("-", " ");
      const place = new URL(`${base}/search`);
      place.search = new URLSearchParams({ prefix, limit: "20" });
      const reply = await fetch(place);
      if (!reply.ok) return [];
      const { hits } = await reply.json();
      return hits.filter(({ iri }) => iri).map(({ iri, label, type }) => {
        const name = shorten(iri);
        things.set(name, { label: label ?? "", type });
        return name;
      });
    },
    postprocessHints: withLabels("thing"),
  });
  return prefixes;
}
