// What is drawn: things, and bundles of all edges that look alike between the same two things.

export const LOOKS = ["asserted", "reported", "unsure", "denied", "inferred", "background"];
const UNSURE = new Set(["possible", "predicted", "desired"]);
const NAMED = 3;

/** What a bundle of edges in some state looks like. */
export function lookOf(state) {
  if (UNSURE.has(state)) return "unsure";
  return LOOKS.includes(state) ? state : "unsure";
}

/** How many claims an edge stands for; one where it stands for none. */
export function countClaims(edge) {
  return edge.count ?? Math.max(1, edge.claims.length);
}

const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** A model of the things and edges that a server told of. */
export function makeModel({ nodes, edges, holders = [] }) {
  const model = {
    things: new Map(), bundles: new Map(), edges: new Set(), byClaim: new Map(), holders: [...holders],
  };
  addTo(model, { nodes, edges });
  return model;
}

const nameEdge = (edge) => `${edge.source} ${edge.relation} ${edge.target}`;

/** Adds what is not there yet; the things and bundles that are new or changed. */
export function addTo(model, { nodes, edges }) {
  const fresh = [];
  const changed = new Set();
  for (const node of [...nodes].sort((a, b) => order(a.id, b.id))) {
    if (model.things.has(node.id)) continue;
    const thing = { ...node, degree: 0, weight: 1, shown: true, bundles: [] };
    model.things.set(node.id, thing);
    fresh.push(thing);
  }
  for (const edge of edges) {
    const ends = [model.things.get(edge.source), model.things.get(edge.target)];
    if (model.edges.has(nameEdge(edge)) || !ends[0] || !ends[1]) continue;
    model.edges.add(nameEdge(edge));
    changed.add(bundle(model, edge, ends));
  }
  for (const thing of model.things.values()) {
    thing.degree = thing.bundles.reduce((sum, each) => sum + each.count, 0);
    thing.weight = Math.sqrt(Math.max(1, thing.degree));
  }
  return { things: fresh, bundles: [...changed] };
}

function bundle(model, edge, [source, target]) {
  const look = lookOf(edge.state);
  const id = `${look} ${edge.source} ${edge.target}`;
  let found = model.bundles.get(id);
  if (!found) {
    found = { id, look, source, target, members: [], count: 0, shown: true };
    model.bundles.set(id, found);
    source.bundles.push(found);
    if (target !== source) target.bundles.push(found);
  }
  found.members.push(edge);
  found.members.sort((a, b) => countClaims(b) - countClaims(a) || order(a.label, b.label));
  found.count += countClaims(edge);
  for (const key of edge.claims) model.byClaim.set(key, found);
  return found;
}

/** What a bundle says in a few words. */
export function describeBundle({ members }) {
  const words = members.slice(0, NAMED).map((edge) => edge.label);
  const more = members.length - NAMED;
  return more > 0 ? `${words.join(", ")} + ${more}` : words.join(", ");
}

/** The claims of a bundle, by their keys. */
export const listClaims = ({ members }) => members.flatMap((edge) => edge.claims);

/** The things at the other ends of a thing's shown bundles, those with most claims first. */
export function listNeighbours(thing) {
  const found = new Map();
  for (const each of thing.bundles) {
    const other = each.source === thing ? each.target : each.source;
    if (each.shown && other !== thing) found.set(other, (found.get(other) ?? 0) + each.count);
  }
  return [...found].sort((a, b) => b[1] - a[1] || order(a[0].id, b[0].id)).map(([other]) => other);
}

/** The things by weight, the heaviest first. */
export function rankThings(things) {
  return [...things].sort((a, b) => b.weight - a.weight || order(a.id, b.id));
}

// ------------------------------------------------------------------------------ what is shown

const year = (text) => {
  const found = /^-?\d{4}/.exec(text ?? "");
  return found ? Number(found[0]) : null;
};

/** The years of a claim or tenure as [first, last]; null where it has none. */
export function readYears([since, until]) {
  const from = year(since);
  const to = year(until);
  return from === null && to === null ? null : [from ?? to, to ?? from];
}

/** The years of all that an edge stands for, each as [first, last] or null. */
export function listYears(edge) {
  if (edge.said?.length) return edge.said.map((said) => readYears([said[3], said[4]]));
  if (!edge.span) return [null];
  const [since, until] = edge.span;
  const years = readYears(edge.span);
  // A membership without an end goes on.
  return [years && since && !until ? [years[0], Infinity] : years];
}

/** Tells of each edge whether it is wanted, by look, by claim and by time. */
export function makeSieve({ looks, wants, years, undated }) {
  const inTime = (span) => {
    if (years === null) return true;
    return span === null ? undated : span[0] <= years[1] && span[1] >= years[0];
  };
  return (edge) => {
    if (!looks.has(lookOf(edge.state))) return false;
    if (wants === null && years === null) return true;
    const spans = listYears(edge);
    const claims = Math.max(edge.claims.length, edge.said?.length ?? 0);
    if (claims === 0) return (wants === null || wants(edge, null)) && inTime(spans[0]);
    for (let index = 0; index < claims; index += 1) {
      if (wants !== null && !wants(edge, index)) continue;
      if (inTime(spans[index] ?? null)) return true;
    }
    return false;
  };
}

/** Shows what a sieve lets through; the things and bundles whose state has changed. */
export function sift(model, sieve, everything) {
  const things = [];
  const bundles = [];
  for (const each of model.bundles.values()) {
    const shown = everything || each.members.some(sieve);
    if (shown !== each.shown) bundles.push(each);
    each.shown = shown;
  }
  for (const thing of model.things.values()) {
    const shown = everything || thing.bundles.some((each) => each.shown);
    if (shown !== thing.shown) things.push(thing);
    thing.shown = shown;
  }
  return { things, bundles };
}
