// The parts of the graph that need no browser: places of names, bundles and sieves, files.
import assert from "node:assert/strict";
import { test } from "node:test";

import { escape, writeGraphml, writeSvg } from "../../web/bundles/graph/files.js";
import { placeLabels, wrapWords } from "../../web/bundles/graph/labels.js";
import {
  LOOKS, addTo, countClaims, describeBundle, listClaims, listNeighbours, makeModel, makeSieve,
  readYears, sift,
} from "../../web/bundles/graph/model.js";
import { countYears } from "../../web/bundles/graph/times.js";

const HOSTILE = "</title><script>alert(1)</script>\"'&\u0000";
const FRAME = { x1: 0, y1: 0, x2: 600, y2: 400 };

function* random(seed = 7) {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 4294967296;
  }
}

const scatter = (count) => {
  const dice = random();
  const next = () => dice.next().value;
  return Array.from({ length: count }, (_, index) => ({
    id: `t${index}`, x: 600 * next(), y: 400 * next(), r: 3 + 15 * next(), width: 30 + 90 * next(),
    height: 14 + 14 * Math.round(next()),
  }));
};

const boxOf = ({ x, y, width, height }) => ({ x1: x, y1: y, x2: x + width, y2: y + height });
const cross = (a, b) => a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2;

test("no name lies on a thing, on a name, on a tool or across the edge", () => {
  const items = scatter(90);
  const tool = { x1: 0, y1: 0, x2: 200, y2: 40 };
  const found = placeLabels(items, FRAME, [tool]);
  assert.ok(found.size > 20);
  const boxes = [...found].map(([id, place]) => [id, boxOf(place)]);
  for (const [id, box] of boxes) {
    assert.ok(box.x1 >= 0 && box.y1 >= 0 && box.x2 <= 600 && box.y2 <= 400);
    assert.ok(!cross(box, tool));
    for (const [other, their] of boxes) assert.ok(id === other || !cross(box, their));
    for (const item of items) {
      const x = Math.max(box.x1, Math.min(item.x, box.x2));
      const y = Math.max(box.y1, Math.min(item.y, box.y2));
      assert.ok(item.id === id || Math.hypot(x - item.x, y - item.y) >= item.r);
    }
  }
});

test("names are placed the same each time, the first ones before others", () => {
  const items = scatter(60);
  assert.deepEqual([...placeLabels(items, FRAME)], [...placeLabels(items, FRAME)]);
  assert.ok(placeLabels(items, FRAME).has("t0"));
});

test("words are cut into even lines that fit, three at most", () => {
  const measure = (text) => 6 * text.length;
  assert.deepEqual(wrapWords("Japan", 110, measure), ["Japan"]);
  assert.deepEqual(wrapWords("adjustment of the US-Japan alliance", 120, measure), ["adjustment of the", "US-Japan alliance"]);
  assert.equal(wrapWords("one two three four five six seven", 40, measure).length, 3);
  assert.deepEqual(wrapWords("", 40, measure), []);
});

const node = (id) => ({ id, label: id.toUpperCase(), kind: "State", href: `/${id}` });
const edge = (source, relation, target, state, claims, more = {}) =>
  ({ source, target, relation, label: relation, state, claims, count: Math.max(1, claims.length), ...more });
const DATA = {
  nodes: ["a", "b", "c"].map(node),
  edges: [
    edge("a", "supports", "b", "asserted", ["1", "2"], { said: [[null, "", "", "2001", null], [null, "", "", null, null]] }),
    edge("a", "meets", "b", "asserted", ["3"]),
    edge("a", "opposes", "b", "denied", ["4"]),
    edge("b", "visits", "c", "predicted", ["5"], { said: [[null, "", "", "2010-05", "2012"]] }),
    edge("c", "memberOf", "a", "background", [], { span: ["1990", null] }),
  ],
};

test("what looks alike between two things is one line, as heavy as its claims", () => {
  const model = makeModel(DATA);
  assert.equal(model.bundles.size, 4);
  const bundle = model.byClaim.get("1");
  assert.equal(bundle, model.byClaim.get("3"));
  assert.equal(bundle.count, 3);
  assert.equal(describeBundle(bundle), "supports, meets");
  assert.deepEqual(listClaims(bundle), ["1", "2", "3"]);
  assert.deepEqual(listNeighbours(model.things.get("a")).map(({ id }) => id), ["b", "c"]);
});

test("a sieve lets through what fits by line, claim and time at once", () => {
  const model = makeModel(DATA);
  const show = (options) => {
    sift(model, makeSieve({ looks: new Set(LOOKS), wants: null, years: null, undated: true, ...options }), false);
    return [...model.bundles.values()].filter((each) => each.shown).map(({ look, source }) => `${look} ${source.id}`);
  };
  assert.deepEqual(show({}), ["asserted a", "denied a", "unsure b", "background c"]);
  assert.deepEqual(show({ looks: new Set(["denied"]) }), ["denied a"]);
  assert.ok(!model.things.get("c").shown);
  assert.deepEqual(show({ wants: (each, index) => index === 1 }), ["asserted a"]);
  assert.deepEqual(show({ years: [2000, 2005], undated: false }), ["asserted a", "background c"]);
  assert.deepEqual(show({ years: [2011, 2011], undated: false }), ["unsure b", "background c"]);
  assert.deepEqual(show({ years: [1980, 1985], undated: false }), []);
  assert.deepEqual(show({ years: [1980, 1985] }), ["asserted a", "denied a"]);
});

test("years are read as far as they are told", () => {
  assert.equal(readYears([null, null]), null);
  assert.equal(readYears(["soon", HOSTILE]), null);
  assert.deepEqual(readYears(["2017-11", null]), [2017, 2017]);
  assert.deepEqual([...countYears(DATA.edges).keys()].sort(), [1990, 2001, 2010, 2012]);
});

test("what grows is added once", () => {
  const model = makeModel(DATA);
  const more = { nodes: [node("a"), node("d")], edges: [DATA.edges[0], edge("d", "meets", "a", "asserted", [])] };
  const first = addTo(model, more);
  assert.deepEqual([first.things.length, first.bundles.length], [1, 1]);
  const second = addTo(model, more);
  assert.deepEqual([second.things.length, second.bundles.length], [0, 0]);
});

const SCENE = {
  title: HOSTILE, width: 100, height: 80, ground: "#fff", ink: "#000", family: '"Inter"',
  lines: [{
    path: ["M", 1, 2, "Q", 3, 4, 5, 6], colour: "#123", width: 1.5, dashes: [7, 4], opacity: 0.5,
    tip: [{ x: 1, y: 1 }, { x: 2, y: 2 }, { x: 3, y: 3 }], title: HOSTILE,
  }],
  discs: [{ x: 1, y: 2, r: 3, colour: "#456", title: HOSTILE }],
  names: [{ size: 11, weight: 500, align: "center", rows: [{ text: HOSTILE, x: 5, y: 6 }], lead: null }],
};

test("texts stay texts in SVG and GraphML", () => {
  const svg = writeSvg(SCENE);
  const graphml = writeGraphml([node("a"), { id: HOSTILE, label: HOSTILE, kind: "State" }], DATA.edges, countClaims);
  for (const text of [svg, graphml]) {
    assert.ok(!text.includes("<script"));
    assert.ok(!text.includes("\u0000"));
  }
  assert.equal(svg, writeSvg(SCENE));
  assert.equal(escape("<a b='c'>&\ud800"), "&lt;a b=&apos;c&apos;&gt;&amp;\ufffd");
  assert.match(graphml, /<data key="edge-weight">2<\/data>/);
  assert.match(graphml, /<data key="edge-since">1990<\/data>/);
});
