// The small card of what was chosen in the graph, and the graph as a list.
import { make, makeButton } from "./dom.js";
import { countClaims, describeBundle, listNeighbours } from "./model.js";

const MOST = 400;

const tell = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

/** The card of a thing: its page, its surroundings, and a way to let its neighbours grow. */
export function makeThingCard(thing, { page, grow, close }) {
  const name = thing.href ? make("a", { href: thing.href }, thing.label) : thing.label;
  const place = new URL(page, location.href);
  place.search = new URLSearchParams({ thing: thing.id });
  return [
    makeClose(close),
    make("p", { class: "chosen-name" }, name),
    make("p", { class: "chosen-told" }, `${thing.kind} · ${tell(listNeighbours(thing).length, "neighbour")} here`),
    make("p", { class: "chosen-ways" },
      makeButton("Add its neighbours", grow, { class: "grow" }),
      make("a", { href: place.href }, "Its surroundings")),
  ];
}

/** The card of a bundle: each relation with its claims, and the reason of what is inferred. */
export function makeBundleCard(bundle, { why, choose, close }) {
  const rows = bundle.members.map((edge) => make("li", {}, makeEdgeName(edge, choose), " ",
    edge.claims.length > 0 ? null : make("a", { href: why(edge), class: "why" }, "Why?")));
  return [
    makeClose(close),
    make("p", { class: "chosen-name" }, `${bundle.source.label} → ${bundle.target.label}`),
    make("ul", { class: "chosen-list" }, ...rows),
  ];
}

function makeEdgeName(edge, choose) {
  const count = countClaims(edge);
  const text = count > 1 ? `${edge.label} ×${count}` : edge.label;
  return edge.claims.length ? makeButton(text, () => choose(edge), { class: "plain" }) : text;
}

const makeClose = (close) => makeButton("×", close, { class: "close", "aria-label": "Close" });

/** All shown edges as a table, the heaviest first. */
export function makeList(model, { why, choose }) {
  const rows = [];
  for (const bundle of model.bundles.values()) {
    if (bundle.shown) for (const edge of bundle.members) rows.push([edge, bundle]);
  }
  rows.sort((a, b) => countClaims(b[0]) - countClaims(a[0])
    || a[1].source.label.localeCompare(b[1].source.label));
  const link = ({ href, label }) => (href ? make("a", { href }, label) : label);
  const body = make("tbody", {}, ...rows.slice(0, MOST).map(([edge, { source, target }]) => make("tr", {},
    make("td", {}, link(source)), make("td", {}, makeEdgeName(edge, choose)),
    make("td", {}, link(target)), make("td", {}, edge.state),
    make("td", {}, make("a", { href: why(edge) }, "Why?")))));
  const heads = ["From", "Relation", "To", "State", "Reason"];
  return make("table", {},
    make("caption", {}, rows.length > MOST ? `The first ${MOST} of ${rows.length} edges` : tell(rows.length, "edge")),
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))), body);
}

/** What is told of a thing to those who do not see it. */
export function describeThing(thing, neighbours) {
  const lines = thing.bundles.filter((bundle) => bundle.shown).slice(0, 3).map((bundle) =>
    `${bundle.source.label} ${describeBundle(bundle)} ${bundle.target.label}`);
  return `${thing.label}, ${thing.kind}, ${tell(neighbours, "neighbour")}. ${lines.join(". ")}`;
}
