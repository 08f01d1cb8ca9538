// The names of things as they are drawn: cut into lines, measured, placed, and written.
import { font, lettersOf } from "./look.js";
import { placeLabels, wrapWords } from "./labels.js";

const ROOM = 118;
const LEAD = 1.18;
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

/** Measures anew, once the font is there. */
export const forgetMeasures = () => known.clear();

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

/** Writes a name onto a canvas. */
export function write(context, thing, box, { ink, ground }) {
  const { size, weight } = typeset(thing);
  context.font = font(size, weight);
  context.textAlign = box.align;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3.5;
  context.strokeStyle = ground;
  context.fillStyle = ink;
  const lines = layLines(thing, box);
  for (const { text, x, y } of lines) context.strokeText(text, x, y);
  for (const { text, x, y } of lines) context.fillText(text, x, y);
}
