// The panel of a graph: what is drawn in it, what is lit, filtered, grown and taken away as a file.
import { Drawing } from "./graph/drawing.js";
import { describeThing, makeBundleCard, makeList, makeThingCard } from "./graph/chosen.js";
import { nameFile, save, saveText } from "./graph/dom.js";
import { writeGraphml, writeSvg } from "./graph/files.js";
import { listenToKeys } from "./graph/keys.js";
import { loadFont } from "./graph/look.js";
import {
  LOOKS, addTo, countClaims, listClaims, listNeighbours, makeModel, makeSieve, sift,
} from "./graph/model.js";
import { makeScene } from "./graph/scene.js";
import { makeTimes } from "./graph/times.js";

const MOST = 500;
const SHARP = 2;

/**
 * Draws a graph into its panel.
 *
 * @param panel the section of the page that holds the canvas and its tools.
 * @param data {nodes, edges} as the server tells them.
 * @param react {peek, choose}: told what is pointed at and chosen, as {thing}, {claims} or null.
 */
export async function draw(panel, data, { peek = null, choose = () => {} } = {}) {
  const part = (name) => panel.querySelector(`.graph-${name}`);
  const host = panel.querySelector(".canvas");
  const model = makeModel(data);
  const told = part("told");
  const card = part("chosen");
  const big = model.things.size > MOST;
  let wants = null;
  let closedBy = null;

  const say = (text) => (told.textContent = text);
  const why = ({ source, relation, target }) => {
    const place = new URL(panel.dataset.why, location.href);
    place.search = new URLSearchParams({ s: source, p: relation, o: target });
    return place.href;
  };

  // ---------------------------------------------------------------------------- pointing

  const react = {
    over(at) {
      if (at === null) (peek ?? light)(null);
      else (peek ?? light)(at.thing ? { thing: at.thing.id } : chosenOf(at.bundle));
    },
    tap(at) {
      showCard(at);
      if (at === null) choose(null);
      else if (at.thing) choose({ thing: at.thing.id });
      else choose(chosenOf(at.bundle));
      if (!peek) light(at && (at.thing ? { thing: at.thing.id } : chosenOf(at.bundle)));
      if (at?.thing) keys.set(at.thing);
    },
    grow,
  };

  function chosenOf(bundle) {
    const [first] = bundle.members;
    const triple = [first.source, first.relation, first.target];
    return { claims: listClaims(bundle), bundle: bundle.id, triple };
  }

  function showCard(at) {
    card.replaceChildren();
    card.hidden = at === null;
    if (at === null) return;
    const close = () => {
      card.hidden = true;
      closedBy?.focus();
      closedBy = null;
    };
    card.append(...(at.thing
      ? makeThingCard(at.thing, { page: panel.dataset.page, grow: () => grow(at.thing), close })
      : makeBundleCard(at.bundle, { why, choose: chooseEdge, close })));
  }

  function chooseEdge(edge) {
    const { claims, source, relation, target } = edge;
    choose({ claims, triple: [source, relation, target] });
    if (!peek) light({ claims });
  }

  // ---------------------------------------------------------------------------- lighting

  function light(chosen) {
    const lit = chosen && pickLit(chosen);
    panel.dataset.lit = lit ? lit.bundles.size : 0;
    drawing.light(lit);
  }

  function pickLit(chosen) {
    const bundles = new Set();
    const words = new Map();
    const thing = model.things.get(chosen.thing);
    const bundle = model.bundles.get(chosen.bundle);
    if (bundle) {
      bundles.add(bundle);
    } else if (thing) {
      for (const each of thing.bundles) if (each.shown) bundles.add(each);
    } else {
      const keys = new Set(chosen.claims ?? []);
      for (const key of keys) if (model.byClaim.has(key)) bundles.add(model.byClaim.get(key));
      for (const each of bundles) {
        const said = each.members.filter((edge) => edge.claims.some((key) => keys.has(key)));
        words.set(each, said.slice(0, 3).map((edge) => edge.label).join(", "));
      }
    }
    const middle = new Set(thing ? [thing] : [...bundles].flatMap((each) => [each.source, each.target]));
    const things = new Set([...middle, ...[...bundles].flatMap((each) => [each.source, each.target])]);
    return things.size ? { things, bundles, middle, words } : null;
  }

  // --------------------------------------------------------------------------- filtering

  const looks = new Set(LOOKS);
  const legend = panel.querySelector(".edge-legend");
  const buttons = [...(legend?.querySelectorAll("button[data-look]") ?? [])];

  function countLooks() {
    const counts = new Map();
    for (const { look, members } of model.bundles.values()) {
      counts.set(look, (counts.get(look) ?? 0) + members.length);
    }
    for (const button of buttons) {
      const count = counts.get(button.dataset.look) ?? 0;
      button.parentElement.hidden = count === 0;
      button.title = `${count} edge${count === 1 ? "" : "s"}: press to hide or show`;
    }
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      const { look } = button.dataset;
      const on = !looks.has(look);
      if (on) looks.add(look);
      else looks.delete(look);
      button.setAttribute("aria-pressed", String(on));
      refresh();
    });
  }

  function refresh() {
    const { years, undated } = times.read();
    const everything = wants === null && years === null && looks.size === LOOKS.length;
    drawing.apply(sift(model, makeSieve({ looks, wants, years, undated }), everything));
    panel.dataset.shown = [...model.bundles.values()].filter((each) => each.shown).length;
    if (list.hidden === false) fillList();
  }

  /** Shows the edges of claims that fit; `all` tells that each does. */
  function filter(isShown, all) {
    const fits = (key) => key !== undefined && isShown(key);
    wants = all ? null : (edge, index) => index !== null && fits(edge.claims[index]);
    refresh();
  }

  /** Shows the edges of which something that was said fits. */
  function filterSaid(fits) {
    wants = fits && ((edge, index) => fits(edge, index === null ? null : edge.said?.[index]));
    refresh();
  }

  // ----------------------------------------------------------------------------- growing

  async function grow(thing) {
    if (!panel.dataset.more) return;
    if (big) {
      say(`All that is drawn is here; see the surroundings of ${thing.label} on their own page.`);
      return;
    }
    const room = MOST - model.things.size;
    if (room < 1) {
      say(`${MOST} things are shown already; look at its surroundings instead.`);
      return;
    }
    panel.classList.add("working");
    say(`Looking for the neighbours of ${thing.label} …`);
    try {
      const place = new URL(panel.dataset.more, location.href);
      place.search = new URLSearchParams({ thing: thing.id, most: String(Math.min(40, room)) });
      const answer = await fetch(place);
      if (!answer.ok) throw new Error((await answer.text()).trim());
      add(await answer.json(), thing);
    } catch (error) {
      say(`No neighbours could be fetched: ${error.message}`);
    } finally {
      panel.classList.remove("working");
    }
  }

  function add(more, near) {
    const added = addTo(model, more);
    const edges = added.bundles.length;
    drawing.add(added, near);
    data.nodes.push(...added.things);
    data.edges.push(...more.edges.filter((edge) => added.bundles.some((each) => each.members.includes(edge))));
    countLooks();
    refresh();
    panel.dispatchEvent(new CustomEvent("concord-grown"));
    light({ thing: near.id });
    const rest = more.left_out ? ` ${more.left_out} more are on the page of its surroundings.` : "";
    say(added.things.length || edges
      ? `${added.things.length} things were added around ${near.label}.${rest}`
      : `All neighbours of ${near.label} are here.${rest}`);
  }

  // ------------------------------------------------------------------------------- files

  const title = () => panel.dataset.title || document.title;
  const files = {
    svg: () => saveText(`${nameFile(title())}.svg`, "image/svg+xml", writeSvg(drawing.makeScene?.(title()) ?? makeScene(drawing, title()))),
    png: async () => {
      const canvas = await drawing.paintPicture(SHARP);
      save(`${nameFile(title())}.png`, canvas.toDataURL("image/png"));
    },
    graphml: () => {
      const things = [...model.things.values()].filter((thing) => thing.shown);
      const edges = [...model.bundles.values()].filter((each) => each.shown).flatMap((each) => each.members);
      saveText(`${nameFile(title())}.graphml`, "application/xml", writeGraphml(things, edges, countClaims));
    },
  };
  for (const button of panel.querySelectorAll("button[data-save]")) {
    button.addEventListener("click", () => {
      files[button.dataset.save]();
      button.closest("details")?.removeAttribute("open");
    });
  }

  // ------------------------------------------------------------------------------- tools

  const list = part("list");
  const fillList = () => list.replaceChildren(makeList(model, { why, choose: chooseEdge }));
  const tools = {
    list(button) {
      list.hidden = !list.hidden;
      button.setAttribute("aria-pressed", String(!list.hidden));
      host.hidden = !list.hidden;
      if (list.hidden) drawing.resize?.();
      else fillList();
    },
    in: () => drawing.zoom(1.4),
    out: () => drawing.zoom(1 / 1.4),
    fit: () => drawing.fit(),
  };
  for (const button of panel.querySelectorAll("button[data-tool]")) {
    button.addEventListener("click", () => tools[button.dataset.tool](button));
  }

  // ------------------------------------------------------------------------------ drawing

  panel.hidden = false;
  panel.classList.add("working");
  if (big) say(`Laying out ${model.things.size} things …`);
  const makeDrawing = big
    ? (await import(panel.dataset.networkScript)).drawNetwork
    : (...given) => new Drawing(...given);
  await loadFont();
  countLooks();
  const times = makeTimes(part("times"), data.edges, () => refresh());
  const obstacles = () => [];
  const room = () => ({ x1: 0, x2: host.clientWidth, y1: 0, y2: host.clientHeight });
  const drawing = await makeDrawing(host, model, { obstacles, room, react, say });
  const keys = listenToKeys(host, {
    model, drawing,
    focus(thing) {
      drawing.focus(thing);
      part("spoken").textContent = thing ? describeThing(thing, listNeighbours(thing).length) : "";
      (peek ?? light)(thing && { thing: thing.id });
    },
    open(thing) {
      react.tap({ thing });
      closedBy = host;
      card.querySelector("a, .grow")?.focus();
    },
    grow,
    letGo: () => react.tap(null),
  });
  card.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    react.tap(null);
    closedBy?.focus();
  });
  panel.classList.remove("working");
  say("");
  panel.dataset.lit = 0;
  panel.dataset.shown = model.bundles.size;
  panel.dataset.ready = "yes";
  performance.mark("graph-ready");

  return {
    model, drawing, light, filter, filterSaid,
    fit: () => drawing.fit(),
    restyle: () => drawing.restyle(),
  };
}
