import { makeThingCard } from "./thing-card.js";

// Ties the words, the cards and the graph of an article together: what lights one lights all.
const reader = document.getElementById("reader");
const cards = new Map();
for (const card of document.querySelectorAll("#cards .card")) cards.set(card.dataset.claim, card);
const marks = new Map();
for (const mark of reader.querySelectorAll(".mark")) marks.set(mark.dataset.claim, mark);
const words = new Map();
for (const piece of reader.querySelectorAll(".said")) {
  piece.claimKeys = piece.dataset.claims.split(" ");
  for (const key of piece.claimKeys) {
    if (!words.has(key)) words.set(key, []);
    words.get(key).push(piece);
  }
}
const mentions = new Map();
for (const mention of reader.querySelectorAll(".mention")) {
  const { thing } = mention.dataset;
  if (!mentions.has(thing)) mentions.set(thing, []);
  mentions.get(thing).push(mention);
  // The tabulator stops once at each thing, not at each of its names.
  if (mentions.get(thing).length > 1) mention.tabIndex = -1;
}
const order = [...cards.keys()];
const sheet = document.getElementById("sheet");
const narrow = window.matchMedia("(max-width: 62rem)");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const panel = document.getElementById("graph-panel");
let graph = null;
let network = null;
let held = null;
let lit = [];
let opener = null;
let keeping = 0;

// ------------------------------------------------------------------------------ lighting

function claimsOf(chosen) {
  if (chosen.claims) return chosen.claims;
  return order.filter((key) => {
    const { subject, object } = cards.get(key).dataset;
    return subject === chosen.thing || object === chosen.thing;
  });
}

function light(chosen) {
  for (const [element, name] of lit) element.classList.remove(name);
  lit = [];
  reader.classList.toggle("lighting", chosen !== null);
  graph?.light(chosen);
  if (chosen === null) return;
  const add = (element, name) => {
    element.classList.add(name);
    lit.push([element, name]);
  };
  const keys = claimsOf(chosen);
  for (const key of keys) {
    const card = cards.get(key);
    add(card, "lit");
    if (marks.has(key)) add(marks.get(key), "lit");
    if (!chosen.claims) continue;
    for (const piece of words.get(key) ?? []) add(piece, "lit");
    const { subject, object } = card.dataset;
    for (const [end, name] of [[subject, "is-subject"], [object, "is-object"]]) {
      for (const mention of mentions.get(end) ?? []) {
        const near = mention.closest(".said")?.claimKeys.includes(key);
        add(mention, near ? name : "far");
      }
    }
  }
  if (chosen.thing) for (const mention of mentions.get(chosen.thing) ?? []) add(mention, "lit");
}

function show(element, block = "nearest") {
  // What is said in a folded note is shown by unfolding it.
  element?.closest("details")?.setAttribute("open", "");
  element?.scrollIntoView({ block, behavior: calm.matches ? "auto" : "smooth" });
}

function showCard(key) {
  const card = cards.get(key);
  const list = card?.closest(".cards");
  if (!card || narrow.matches || list.scrollHeight <= list.clientHeight) return;
  const top = card.offsetTop - list.offsetTop - list.clientHeight / 3;
  list.scrollTo({ top, behavior: calm.matches ? "auto" : "smooth" });
}

function hold(chosen, { scroll = "" } = {}) {
  const inside = sheet.contains(document.activeElement);
  held = chosen;
  reader.dataset.held = chosen?.claims?.[0] ?? "";
  light(chosen);
  fillSheet(chosen);
  if (inside && sheet.hidden) opener?.focus({ preventScroll: true });
  const key = chosen?.claims?.[0];
  if (key === undefined) return;
  showCard(key);
  if (scroll === "words") show(marks.get(key) ?? words.get(key)?.[0], "center");
}

function peek(chosen) {
  light(chosen ?? held);
}

function fillSheet(chosen) {
  sheet.replaceChildren();
  const key = chosen?.claims?.[0];
  const thing = chosen?.thing;
  sheet.hidden = thing === undefined && (!narrow.matches || key === undefined);
  if (sheet.hidden) return;
  if (thing !== undefined) {
    const sample = mentions.get(thing)?.[0];
    sheet.append(makeClose(), makeThingCard(thing, { cards, order, network, sample, locateWhy }));
    sheet.scrollTop = 0;
    return;
  }
  const copy = cards.get(key).cloneNode(true);
  const box = document.createElement("div");
  box.className = copy.className;
  box.append(...copy.childNodes);
  sheet.append(makeClose(), box);
}

function locateWhy(s, p, o) {
  const place = new URL("../why", location.href);
  place.search = new URLSearchParams({ s, p, o });
  return place.href;
}

function makeClose() {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "close";
  close.textContent = "Close";
  close.addEventListener("click", () => hold(null));
  return close;
}

/** Brings the focus to what a key opened; closing it brings the focus back. */
function enterSheet(event) {
  if (event.detail !== 0 || sheet.hidden) return;
  if (document.activeElement !== document.body) opener = document.activeElement;
  sheet.querySelector(".close")?.focus();
}

// ------------------------------------------------------------------------------ pointing

function find(target) {
  const mark = target.closest?.("[data-claim]");
  if (mark) return { claims: [mark.dataset.claim] };
  const mention = target.closest?.(".mention");
  if (mention) return { thing: mention.dataset.thing };
  const piece = target.closest?.(".said");
  if (!piece) return null;
  // Of evidence within evidence, what is said in the fewest words.
  const shown = piece.claimKeys.filter((key) => !cards.get(key).hidden);
  const size = (key) => words.get(key).reduce((sum, each) => sum + each.textContent.length, 0);
  const least = Math.min(...shown.map(size));
  return shown.length ? { claims: shown.filter((key) => size(key) === least) } : null;
}

reader.addEventListener("pointerover", (event) => {
  if (event.pointerType === "mouse" && !event.target.closest(".graph")) peek(find(event.target));
});
reader.addEventListener("pointerleave", () => peek(null));
reader.addEventListener("focusin", (event) => {
  const chosen = find(event.target);
  if (chosen) peek(chosen);
});
reader.addEventListener("click", (event) => {
  // With these a link opens in a window of its own.
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const why = event.target.closest(".why");
  if (why) {
    event.preventDefault();
    const card = why.closest(".card");
    const beside = !card && !sheet.contains(why);
    if (beside) hold(null);
    tellWhy(why.href, card).then(() => beside && enterSheet(event));
    return;
  }
  const number = event.target.closest(".number, .mark");
  if (number) {
    event.preventDefault();
    const chosen = find(event.target);
    const [key] = chosen.claims;
    history.replaceState(null, "", `#claim-${key}`);
    hold(chosen, { scroll: number.classList.contains("number") ? "words" : "" });
    enterSheet(event);
    return;
  }
  const link = event.target.closest("a");
  if (link?.classList.contains("mention")) {
    // A first click shows the thing, a second one leads to its page.
    if (held?.thing !== link.dataset.thing) {
      event.preventDefault();
      hold({ thing: link.dataset.thing });
      enterSheet(event);
    }
    return;
  }
  if (link || event.target.closest("button, summary, form, .proof")) return;
  const chosen = find(event.target);
  if (chosen) hold(chosen, { scroll: event.target.closest(".card") ? "words" : "" });
  else if (!event.target.closest(".graph")) hold(null);
});

function step(by) {
  const shown = order.filter((key) => !cards.get(key).hidden);
  if (!shown.length) return;
  const now = shown.indexOf(held?.claims?.[0]);
  const next = now < 0 ? (by > 0 ? 0 : shown.length - 1) : (now + by + shown.length) % shown.length;
  marks.get(shown[next])?.focus({ preventScroll: true });
  hold({ claims: [shown[next]] }, { scroll: "words" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select, textarea")) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "Escape") hold(null);
  else if (event.key === "w" && held?.claims) {
    const card = cards.get(held.claims[0]);
    const why = card.querySelector(".why");
    tellWhy(why.href, card);
    // From here the tabulator leads into the proof.
    why.focus({ preventScroll: true });
  }
});

// ------------------------------------------------------------------------------ reasons

async function tellWhy(place, card) {
  const box = card ?? sheet;
  const known = box.querySelector(":scope > .proof");
  if (known) {
    known.remove();
    if (known.dataset.place === place) return;
  }
  let proof;
  try {
    const answer = await fetch(`${place}&part=1`);
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    proof = new DOMParser().parseFromString(text, "text/html").querySelector(".proof");
  } catch (error) {
    proof = document.createElement("p");
    proof.className = "proof note";
    proof.textContent = error.message;
  }
  if (!proof) return;
  proof.dataset.place = place;
  box.hidden = false;
  box.append(document.adoptNode(proof));
  if (box === sheet && !sheet.querySelector(".close")) sheet.prepend(makeClose());
  showCard(card?.dataset.claim);
}

function followAddress() {
  const found = /^#(?:claim|card)-(.+)$/.exec(decodeURIComponent(location.hash));
  if (found && cards.has(found[1])) hold({ claims: [found[1]] }, { scroll: "words" });
}

// ------------------------------------------------------------------------------ filters

const form = document.getElementById("filter-form");
const told = document.getElementById("shown");
const unclaimed = document.getElementById("show-unclaimed");

function filter() {
  const wanted = Object.fromEntries(new FormData(form));
  let count = 0;
  for (const [key, card] of cards) {
    const { holder, modality, polarity, relation, kinds } = card.dataset;
    const has = { holder, modality, polarity, relation };
    const fits =
      Object.entries(has).every(([name, value]) => !wanted[name] || wanted[name] === value) &&
      (!wanted.type || kinds.split(" ").includes(wanted.type));
    count += fits;
    if (card.hidden === !fits) continue;
    card.hidden = !fits;
    if (marks.has(key)) marks.get(key).hidden = !fits;
  }
  for (const piece of reader.querySelectorAll(".said")) {
    piece.classList.toggle("silent", piece.claimKeys.every((key) => cards.get(key).hidden));
  }
  keepFilters(wanted);
  told.textContent = count === cards.size ? "" : `${count} of ${cards.size} claims`;
  if (held?.claims?.some((key) => cards.get(key).hidden)) hold(null);
  const out = new Set(order.filter((key) => cards.get(key).classList.contains("is-rejected")));
  graph?.filter((key) => !cards.get(key)?.hidden && !out.has(key), count - out.size === cards.size);
}

/** The filters stand in the address, so that a link to the page shows what was seen. */
function keepFilters(wanted) {
  // After the frame that answers: browsers take some time for it.
  clearTimeout(keeping);
  keeping = setTimeout(() => writeFilters(wanted), 50);
}

function writeFilters(wanted) {
  const kept = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
  if (unclaimed.checked) kept.set("unclaimed", "1");
  const query = kept.toString();
  const place = `${location.pathname}${query ? `?${query}` : ""}${location.hash}`;
  if (`?${query}` !== (location.search || "?")) history.replaceState(history.state, "", place);
}

function takeFilters() {
  const given = new URLSearchParams(location.search);
  for (const field of form.querySelectorAll("select")) {
    const value = given.get(field.name) ?? "";
    if ([...field.options].some((option) => option.value === value)) field.value = value;
  }
  unclaimed.checked = given.has("unclaimed");
  document.getElementById("filters").open = given.size > 0;
}

form.addEventListener("change", filter);
document.addEventListener("concord-reviewed", () => {
  filter();
  fillSheet(held);
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(() => {
  showUnclaimed();
  filter();
}));
function showUnclaimed() {
  reader.classList.toggle("shows-unclaimed", unclaimed.checked);
}
unclaimed.addEventListener("change", showUnclaimed);

// ------------------------------------------------------------------------------ the graph

async function drawGraph() {
  const { graph: place, graphScript } = reader.dataset;
  if (!graphScript) return;
  try {
    const [{ draw }, answer] = await Promise.all([import(graphScript), fetch(place)]);
    if (!answer.ok) return;
    network = await answer.json();
    if (!network.nodes.length) return;
    panel.hidden = false;
    graph = await draw(panel, network, { peek, choose });
  } catch (error) {
    panel.hidden = true;
    console.warn("the graph could not be drawn:", error.message);
    return;
  }
  document.addEventListener("concord-theme", () => graph.restyle());
  filter();
  light(held);
}

function choose(chosen) {
  if (chosen?.triple && !chosen.claims.length) {
    hold(null);
    sheet.replaceChildren();
    tellWhy(locateWhy(...chosen.triple), null);
    return;
  }
  hold(chosen, { scroll: chosen?.claims ? "words" : "" });
}

window.addEventListener("hashchange", followAddress);
takeFilters();
showUnclaimed();
filter();
followAddress();
// Once all has been laid out, and its heights are known, what is out of sight costs nothing more.
drawGraph().then(() => setTimeout(() => reader.classList.add("settled"), 300));
