// Two canvases above the graph: names that lie on nothing, and what is lit, drawn once more. What is
// not lit fades by a style alone, so that lighting costs what is lit and not what there is.
import { dashes, font } from "./look.js";
import { TOLD, layLead, measureTold, placeNames, write } from "./names.js";
import { describeBundle, rankThings } from "./model.js";

const EDGE_NAMES = 14;
const ALONG = [0.5, 0.4, 0.6, 0.3, 0.7].map((part) => [part, 0]);
const BESIDE = [16, -16, 30, -30, 44, -44, 60, -60].map((aside) => [0.5, aside]);

export class Overlay {
  constructor(host, drawing, obstacles, most = Infinity) {
    this.most = most;
    this.host = host;
    this.drawing = drawing;
    this.obstacles = obstacles;
    [this.context, this.litContext] = ["names", "lit"].map((name) => {
      const canvas = document.createElement("canvas");
      canvas.className = name;
      host.append(canvas);
      return canvas.getContext("2d");
    });
    this.names = new Map();
    this.chosen = null;
    this.focused = null;
    this.waiting = 0;
    this.rank();
    this.resize();
  }

  rank() {
    this.ranked = rankThings(this.drawing.model.things.values());
  }

  resize() {
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    this.width = this.host.clientWidth;
    this.height = this.host.clientHeight;
    for (const { canvas } of [this.context, this.litContext]) {
      canvas.width = Math.round(this.width * this.ratio);
      canvas.height = Math.round(this.height * this.ratio);
    }
  }

  /** Places the names anew, for what is shown now. */
  place() {
    clearTimeout(this.waiting);
    const frame = { x1: 3, x2: this.width - 3, y1: 3, y2: this.height - 3 };
    this.taken = this.obstacles();
    const places = new Map();
    const near = [];
    for (const thing of this.ranked) {
      if (!thing.shown) continue;
      const at = this.drawing.locate(thing.id);
      if (at.x < -60 || at.y < -60 || at.x > this.width + 60 || at.y > this.height + 60) continue;
      places.set(thing.id, at);
      near.push(thing);
    }
    const found = placeNames(near, (id) => places.get(id), frame, this.taken, this.most);
    // Kept as offsets from the things, so that they go with them until they are placed again.
    this.names = new Map();
    for (const [id, box] of found) {
      const { x, y } = places.get(id);
      this.names.set(id, { ...box, x: box.x - x, y: box.y - y });
    }
    this.host.closest("section").dataset.names = this.names.size;
    this.placeLit();
    this.paint();
  }

  /** Places the names anew when what has changed has been drawn. */
  placeSoon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.place(), 60);
  }

  light(chosen) {
    this.chosen = chosen;
    this.placeLit();
    this.paintLit();
  }

  focus(thing) {
    this.focused = thing;
    this.paintLit();
  }

  /** Finds places for the names of what is lit, where it has none, and of the lit lines. */
  placeLit() {
    this.lit = new Map();
    this.told = [];
    if (this.chosen === null) return;
    const { things, bundles } = this.chosen;
    const { drawing } = this;
    const items = rankThings([...things].filter((thing) => thing.shown));
    const frame = { x1: 3, x2: this.width - 3, y1: 3, y2: this.height - 3 };
    const boxes = [...this.taken];
    const without = [];
    for (const thing of items) {
      const name = this.names.get(thing.id);
      if (!name) without.push(thing);
      else boxes.push(this.boxOf(thing, name));
    }
    const discs = items.map((thing) => ({ id: thing.id, ...drawing.locate(thing.id), width: 0 }));
    const wanted = new Set(without);
    const found = placeNames(without, (id) => drawing.locate(id), frame, [
      ...boxes, ...discs.filter((disc) => !wanted.has(drawing.model.things.get(disc.id))).map(asBox),
    ]);
    for (const [id, box] of found) {
      const { x, y } = drawing.locate(id);
      this.lit.set(id, { ...box, x: box.x - x, y: box.y - y });
      boxes.push({ x1: box.x, x2: box.x + box.width, y1: box.y, y2: box.y + box.height });
    }
    this.placeTold([...bundles].filter((bundle) => bundle.shown), boxes, discs.map(asBox), frame);
  }

  boxOf(thing, name) {
    const { x, y } = this.drawing.locate(thing.id);
    return { x1: x + name.x, x2: x + name.x + name.width, y1: y + name.y, y2: y + name.y + name.height };
  }

  /** Places what the lit lines say at points of them where it lies on nothing that is lit. */
  placeTold(bundles, boxes, discs, frame) {
    const taken = [...boxes, ...discs];
    const few = bundles.sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1)).slice(0, EDGE_NAMES);
    for (const bundle of few) {
      const line = this.drawing.trace(bundle);
      if (!line) continue;
      const text = this.chosen.words?.get(bundle) ?? describeBundle(bundle);
      const half = measureTold(text) / 2 + 4;
      for (const [part, aside] of few.length > 1 ? ALONG : [...ALONG, ...BESIDE]) {
        const on = follow(line, part);
        const at = { x: on.x, y: on.y + aside };
        const box = { x1: at.x - half, x2: at.x + half, y1: at.y - 8, y2: at.y + 8 };
        const inside =
          box.x1 > frame.x1 && box.x2 < frame.x2 && box.y1 > frame.y1 && box.y2 < frame.y2;
        if (!inside || taken.some((other) => cross(other, box))) continue;
        taken.push(box);
        this.told.push({ bundle, text, part, aside });
        break;
      }
    }
  }

  paint() {
    if (!this.width) return;
    this.clear(this.context);
    this.writeNames(this.context);
    this.paintLit();
  }

  clear(context) {
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
  }

  writeNames(context, ratio = this.ratio) {
    for (const [id, name] of [...this.names].reverse()) {
      const thing = this.drawing.model.things.get(id);
      if (thing.shown) this.writeName(context, thing, name, ratio);
    }
  }

  writeName(context, thing, name, ratio = this.ratio) {
    if (!name) return;
    const at = this.drawing.locate(thing.id);
    const { x, y } = at;
    const lead = layLead(name, at);
    if (lead) {
      context.beginPath();
      context.moveTo(lead.from.x, lead.from.y);
      context.lineTo(lead.to.x, lead.to.y);
      context.lineWidth = 1;
      context.strokeStyle = this.drawing.colours.ink;
      context.stroke();
    }
    write(context, thing, { ...name, x: x + name.x, y: y + name.y }, this.drawing.colours, ratio);
  }

  paintLit() {
    const { litContext: context, chosen, drawing } = this;
    const { colours } = drawing;
    this.clear(context);
    if (this.focused?.shown) this.ring(context, this.focused, 5);
    if (chosen === null) return;
    for (const bundle of chosen.bundles) if (bundle.shown) this.strokeLine(context, bundle);
    for (const thing of chosen.things) {
      if (!thing.shown) continue;
      const { x, y, r } = drawing.locate(thing.id);
      context.beginPath();
      context.arc(x, y, r, 0, 2 * Math.PI);
      context.fillStyle = colours.kind(thing.kind);
      context.fill();
      context.lineWidth = 1.5;
      context.strokeStyle = colours.ground;
      context.stroke();
      if (!chosen.middle.has(thing)) continue;
      this.ring(context, thing, 2.5);
    }
    for (const thing of chosen.things) {
      if (thing.shown) this.writeName(context, thing, this.names.get(thing.id) ?? this.lit.get(thing.id));
    }
    context.font = font(TOLD);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    for (const { bundle, text, part, aside } of this.told) {
      const line = drawing.trace(bundle);
      if (!line) continue;
      const on = follow(line, part);
      const at = { x: on.x, y: on.y + aside };
      context.lineWidth = 4;
      context.strokeStyle = colours.ground;
      context.strokeText(text, at.x, at.y);
      context.fillStyle = colours.accent;
      context.fillText(text, at.x, at.y);
    }
  }

  ring(context, thing, off) {
    const { x, y, r } = this.drawing.locate(thing.id);
    context.beginPath();
    context.arc(x, y, r + off, 0, 2 * Math.PI);
    context.lineWidth = 2;
    context.strokeStyle = this.drawing.colours.accent;
    context.stroke();
  }

  strokeLine(context, bundle) {
    const line = this.drawing.trace(bundle);
    if (!line) return;
    const { accent } = this.drawing.colours;
    const width = Math.max(1.6, line.width);
    context.beginPath();
    context.moveTo(line.from.x, line.from.y);
    for (const [bend, end] of bendsOf(line)) context.quadraticCurveTo(bend.x, bend.y, end.x, end.y);
    context.lineWidth = width;
    context.strokeStyle = accent;
    context.setLineDash(dashes(bundle.look, width));
    context.stroke();
    context.setLineDash([]);
    if (bundle.look === "background") return;
    const tip = tipOf(line, 4 + 1.9 * width);
    context.beginPath();
    context.moveTo(line.to.x, line.to.y);
    context.lineTo(tip.left.x, tip.left.y);
    context.lineTo(tip.right.x, tip.right.y);
    context.closePath();
    context.fillStyle = accent;
    context.fill();
  }

  /** The thing whose name stands at a place. */
  find({ x, y }) {
    for (const [id, name] of this.names) {
      const thing = this.drawing.model.things.get(id);
      if (!thing.shown) continue;
      const box = this.boxOf(thing, name);
      if (x >= box.x1 && x <= box.x2 && y >= box.y1 && y <= box.y2) return thing;
    }
    return null;
  }
}

const cross = (a, b) => a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2;
const asBox = ({ x, y, r }) => ({ x1: x - r, x2: x + r, y1: y - r, y2: y + r });

/** The curves of a line, each as its bend and its end. */
export function bendsOf({ to, bends }) {
  if (!bends.length) return [[to, to]];
  return bends.map((bend, index) => {
    const next = bends[index + 1];
    return [bend, next ? { x: (bend.x + next.x) / 2, y: (bend.y + next.y) / 2 } : to];
  });
}

/** The point of a line at some part of its way. */
export function follow({ from, to, bends }, part) {
  if (!bends.length) return { x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y) };
  if (bends.length > 1) {
    return { x: (bends[0].x + bends[1].x) / 2, y: (bends[0].y + bends[1].y) / 2 };
  }
  const [bend] = bends;
  const mix = (a, b, c) => (1 - part) ** 2 * a + 2 * part * (1 - part) * b + part ** 2 * c;
  return { x: mix(from.x, bend.x, to.x), y: mix(from.y, bend.y, to.y) };
}

/** The corners of an arrow's head at the end of a line. */
export function tipOf({ from, to, bends }, size) {
  const before = bends.at(-1) ?? from;
  const length = Math.hypot(to.x - before.x, to.y - before.y) || 1;
  const [x, y] = [(to.x - before.x) / length, (to.y - before.y) / length];
  const foot = { x: to.x - size * x, y: to.y - size * y };
  return {
    foot,
    left: { x: foot.x - 0.42 * size * y, y: foot.y + 0.42 * size * x },
    right: { x: foot.x + 0.42 * size * y, y: foot.y - 0.42 * size * x },
  };
}
