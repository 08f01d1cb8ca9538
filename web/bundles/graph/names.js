// The names of things as they are drawn: cut into lines, measured, placed, and written.
import { font, lettersOf } from "./look.js";
import { placeLabels, wrapWords } from "./labels.js";

const ROOM = 118;
const LEAD = 1.18;
const EDGE = 4;
const MOST_SPRITES = 1500;
export const TOLD = 11;
const LONGEST = 58;
const pen = document.createElement("canvas").getContext("2d");
const known = new Map();

/** The lines of a thing's name, with their size; measured once. */
export function typeset(thing) {
  const size = Math.round(2 * lettersOf(thing.weight)) / 2;
  const weight = thing.weight > 3 ? 600 : 500;
  const place = `${size} ${thing.label}`;
  if (!known.has(place)) {
    pen.font = font(size, weight);
    const { label } = thing;
    const text = label.length > LONGEST ? `${label.slice(0, LONGEST).replace(/\s+\S*$/, "")} …` : label;
    const measure = (words) => pen.measureText(words).width;
    const lines = wrapWords(text, ROOM, measure);
    const width = Math.ceil(Math.max(0, ...lines.map(measure)));
    known.set(place, { lines, size, weight, width, height: Math.ceil(lines.length * size * LEAD) });
  }
  return known.get(place);
}

const widths = new Map();
const sprites = new Map();

/** How wide the words of a line are. */
export function measureTold(text) {
  if (!widths.has(text)) {
    pen.font = font(TOLD);
    widths.set(text, pen.measureText(text).width);
  }
  return widths.get(text);
}

/** Measures anew, once the font is there. */
export function forgetMeasures() {
  known.clear();
  widths.clear();
  sprites.clear();
}

/**
 * Places the names of things that lie where `locate` says; heavier ones first.
 *
 * Only the first `most` are named, and kept free of names.
 */
export function placeNames(things, locate, frame, taken, most = Infinity) {
  const items = things.slice(0, most).map((thing) => {
    const { width, height } = typeset(thing);
    return { id: thing.id, ...locate(thing.id), width, height };
  });
  return placeLabels(items, frame, taken);
}

/** The lines of a placed name as {text, x, y}, y being their middle. */
export function layLines(thing, box) {
  const { lines, size } = typeset(thing);
  const x = { left: box.x, right: box.x + box.width, center: box.x + box.width / 2 }[box.align];
  return lines.map((text, row) => ({ text, x, y: box.y + size * LEAD * (row + 0.5) }));
}

/** The line that leads from the rim of a thing to its name; null where the name is at the thing. */
export function layLead({ lead }, { x, y, r }) {
  if (!lead) return null;
  return { from: { x: x + r * lead.cos, y: y + r * lead.sin }, to: { x: x + lead.x, y: y + lead.y } };
}

/** Writes a name onto a canvas that has `ratio` pixels to each of the page. */
export function write(context, thing, box, colours, ratio) {
  const sprite = paintSprite(thing, box.align, colours, ratio);
  const snap = (place) => Math.round((place - EDGE) * ratio) / ratio;
  context.drawImage(sprite, snap(box.x), snap(box.y), sprite.width / ratio, sprite.height / ratio);
}

/** A name as a picture, painted once: to write it with its rim takes many times as long. */
function paintSprite(thing, align, { ink, ground }, ratio) {
  const set = typeset(thing);
  const key = [thing.label, set.size, align, ink, ground, ratio].join(" ");
  if (!sprites.has(key)) {
    if (sprites.size > MOST_SPRITES) sprites.clear();
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil((set.width + 2 * EDGE) * ratio);
    canvas.height = Math.ceil((set.height + 2 * EDGE) * ratio);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.font = font(set.size, set.weight);
    context.textAlign = align;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3.5;
    context.strokeStyle = ground;
    context.fillStyle = ink;
    const lines = layLines(thing, { x: EDGE, y: EDGE, width: set.width, align });
    for (const { text, x, y } of lines) context.strokeText(text, x, y);
    for (const { text, x, y } of lines) context.fillText(text, x, y);
    sprites.set(key, canvas);
  }
  return sprites.get(key);
}
