// The card of a thing: what the article says of it, relation by relation, and what follows.
const ROWS = 7;
const NAMES = 4;
const NUMBERS = 8;

function make(name, text, attributes = {}) {
  const element = document.createElement(name);
  if (text) element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** What the cards say of a thing, as [relation, outgoing or not, other thing, claim keys, state]. */
function gatherClaims(thing, cards) {
  const found = new Map();
  for (const [key, card] of cards) {
    const { subject, object, relation } = card.dataset;
    if (card.hidden || (subject !== thing && object !== thing)) continue;
    const outgoing = subject === thing;
    const other = outgoing ? object : subject;
    const place = `${outgoing} ${relation} ${other}`;
    if (!found.has(place)) {
      const ends = card.querySelectorAll(".statement .thing");
      found.set(place, {
        outgoing, other, relation, keys: [], label: card.querySelector(".relation").textContent,
        name: ends[outgoing ? ends.length - 1 : 0].textContent, state: card.className,
      });
    }
    found.get(place).keys.push(key);
  }
  return [...found.values()];
}

/** What the graph has beside the claims: what follows from them, and what was known before. */
function gatherRest(thing, network) {
  const names = new Map(network?.nodes.map((node) => [node.id, node.label]));
  return (network?.edges ?? [])
    .filter((edge) => !edge.claims.length && (edge.source === thing || edge.target === thing))
    .map((edge) => {
      const outgoing = edge.source === thing;
      const other = outgoing ? edge.target : edge.source;
      return { ...edge, outgoing, other, keys: [], name: names.get(other) ?? other };
    });
}

function groupByRelation(statements) {
  const groups = new Map();
  for (const each of statements) {
    const place = `${each.outgoing} ${each.relation}`;
    if (!groups.has(place)) groups.set(place, []);
    groups.get(place).push(each);
  }
  const weigh = (group) => group.reduce((sum, each) => sum + Math.max(0.1, each.keys.length), 0);
  return [...groups.values()].sort((a, b) => weigh(b) - weigh(a));
}

function describe(each, order, locateWhy) {
  const item = make("li", each.name);
  for (const key of each.keys.slice(0, NUMBERS)) {
    const number = order.indexOf(key) + 1;
    const link = make("a", String(number), {
      class: "number", href: `#claim-${key}`, "data-claim": key, "aria-label": `Claim ${number}: to its words`,
    });
    item.append(" ", link);
  }
  if (each.keys.length > NUMBERS) item.append(` and ${each.keys.length - NUMBERS} more`);
  if (each.keys.length) return item;
  const subject = each.source;
  const words = each.state === "background" ? "known before" : "Why?";
  const why = make("a", words, {
    class: "why", href: locateWhy(subject, each.relation, each.target),
    "aria-label": `${words} ${each.label} ${each.name}`,
  });
  item.append(" ", why);
  return item;
}

/** The card of a thing, of what is shown now; null where it says nothing. */
export function makeThingCard(thing, { cards, order, network, sample, locateWhy }) {
  const box = document.createElement("div");
  box.className = "thing-card";
  const node = network?.nodes.find((each) => each.id === thing);
  const label = node?.label ?? sample?.title.split(" · ")[0] ?? thing;
  const href = node?.href ?? sample?.getAttribute("href");
  const heading = make("h2");
  heading.append(href ? make("a", label, { href }) : label);
  const claims = gatherClaims(thing, cards);
  const count = claims.reduce((sum, each) => sum + each.keys.length, 0);
  const kind = node?.kind ?? sample?.title.split(" · ")[1] ?? "";
  const told = [kind, `${count} claim${count === 1 ? "" : "s"} here`].filter(Boolean).join(" · ");
  box.append(heading, make("p", told, { class: "meta" }));
  const groups = groupByRelation([...claims, ...gatherRest(thing, network)]);
  const list = make("dl");
  for (const group of groups.slice(0, ROWS)) {
    const [first] = group;
    const term = make("dt", first.label);
    if (!first.outgoing) term.prepend(make("span", "← ", { "aria-label": "from others: " }));
    const names = make("ul");
    for (const each of group.slice(0, NAMES)) names.append(describe(each, order, locateWhy));
    if (group.length > NAMES) names.append(make("li", `and ${group.length - NAMES} more`, { class: "note" }));
    const definition = document.createElement("dd");
    definition.append(names);
    list.append(term, definition);
  }
  if (groups.length) box.append(list);
  if (href) {
    const more = make("p", "", { class: "more" });
    more.append(make("a", "All that is known of it", { href }));
    box.append(more);
  }
  return box;
}
