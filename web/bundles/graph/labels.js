// Finds places for names where they lie on nothing: no thing, no other name, no tool, no edge.

const CELL = 48;
const GAP = 3;
const LARGE = 9;
const TURNS = 16;

/** Boxes and discs by where they lie, so that few need to be looked at. */
class Grid {
  cells = new Map();

  add(shape) {
    this.visit(shape, (cell) => cell.push(shape));
  }

  visit(box, work) {
    const [left, right] = [Math.floor(box.x1 / CELL), Math.floor(box.x2 / CELL)];
    const [top, bottom] = [Math.floor(box.y1 / CELL), Math.floor(box.y2 / CELL)];
    for (let column = left; column <= right; column += 1) {
      for (let row = top; row <= bottom; row += 1) {
        const place = column * 65536 + row;
        let cell = this.cells.get(place);
        if (!cell) this.cells.set(place, (cell = []));
        work(cell);
      }
    }
  }

  isFree(box, own) {
    let free = true;
    this.visit(box, (cell) => {
      if (free) free = !cell.some((shape) => shape.id !== own && touches(shape, box));
    });
    return free;
  }
}

function touches(shape, box) {
  if (shape.r === undefined) {
    return shape.x1 < box.x2 && box.x1 < shape.x2 && shape.y1 < box.y2 && box.y1 < shape.y2;
  }
  const x = Math.max(box.x1, Math.min(shape.x, box.x2));
  const y = Math.max(box.y1, Math.min(shape.y, box.y2));
  return (x - shape.x) ** 2 + (y - shape.y) ** 2 < shape.r ** 2;
}

const makeDisc = ({ id, x, y, r }) => ({
  id, x, y, r: r + 1, x1: x - r - 1, x2: x + r + 1, y1: y - r - 1, y2: y + r + 1,
});

/** Where a name can stand at its thing: below, right, left, above, then at the corners. */
export function* listPlaces({ x, y, r, width, height }) {
  const side = 0.74 * r + 1;
  const across = y - height / 2;
  yield { x: x - width / 2, y: y + r + 3, align: "center" };
  yield { x: x + r + 5, y: across, align: "left" };
  yield { x: x - r - 5 - width, y: across, align: "right" };
  yield { x: x - width / 2, y: y - r - 3 - height, align: "center" };
  yield { x: x + side, y: y + side, align: "left" };
  yield { x: x - side - width, y: y + side, align: "right" };
  yield { x: x + side, y: y - side - height, align: "left" };
  yield { x: x - side - width, y: y - side - height, align: "right" };
  // Then a little aside of these.
  for (const shift of [-0.3, 0.3]) {
    yield { x: x - width / 2 + shift * width, y: y + r + 5, align: "center" };
    yield { x: x - width / 2 + shift * width, y: y - r - 5 - height, align: "center" };
    yield { x: x + r + 6, y: across + 1.4 * shift * height, align: "left" };
    yield { x: x - r - 6 - width, y: across + 1.4 * shift * height, align: "right" };
  }
  if (r < LARGE) return;
  // What is large must be named: farther off, with a line that leads there.
  for (const far of [12, 22, 34, 48, 64, 82, 104, 130]) {
    for (let turn = 0; turn < TURNS; turn += 1) {
      const angle = ((turn % 2 ? -1 : 1) * Math.PI * Math.ceil(turn / 2)) / (TURNS / 2) + Math.PI / 2;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      const end = { x: x + (r + far) * cos, y: y + (r + far) * sin };
      yield {
        x: end.x - (width * (1 - cos)) / 2, y: end.y - (height * (1 - sin)) / 2, align: "center",
        lead: { x: end.x - x, y: end.y - y, cos, sin },
      };
    }
  }
}

/** The line that leads to a name as boxes along it, so that it crosses no other name. */
function cutLead({ x, y, r }, lead) {
  const [from, to] = [{ x: r * lead.cos, y: r * lead.sin }, lead];
  const steps = Math.max(2, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 6));
  return Array.from({ length: steps - 1 }, (_, index) => {
    const part = (index + 1) / steps;
    const [left, top] = [x + from.x + part * (to.x - from.x), y + from.y + part * (to.y - from.y)];
    return { x1: left - 2, x2: left + 2, y1: top - 2, y2: top + 2 };
  });
}

/**
 * Places names, in the order given; those for which there is no room get none.
 *
 * @param items things as {id, x, y, r, width, height}; width 0 for one without a name.
 * @param frame the box that names stay in, {x1, y1, x2, y2}.
 * @param taken boxes that names keep off.
 * @returns a map from id to {x, y, width, height, align, lead}, x and y being the left upper corner
 *   and lead, where there is one, the end of a line to the name as seen from the thing.
 */
export function placeLabels(items, frame, taken = []) {
  const grid = new Grid();
  for (const item of items) grid.add(makeDisc(item));
  for (const box of taken) grid.add(box);
  const found = new Map();
  for (const item of items) {
    if (!item.width) continue;
    for (const place of listPlaces(item)) {
      const box = {
        id: item.id, x1: place.x, x2: place.x + item.width, y1: place.y, y2: place.y + item.height,
      };
      const inside =
        box.x1 >= frame.x1 && box.x2 <= frame.x2 && box.y1 >= frame.y1 && box.y2 <= frame.y2;
      if (!inside || !grid.isFree(box, item.id)) continue;
      const lead = place.lead ? cutLead(item, place.lead) : [];
      if (lead.some((part) => !grid.isFree(part, item.id))) continue;
      for (const part of lead) grid.add(part);
      grid.add({ x1: box.x1 - GAP, x2: box.x2 + GAP, y1: box.y1, y2: box.y2 });
      found.set(item.id, { ...place, width: item.width, height: item.height });
      break;
    }
  }
  return found;
}

/** Words in as few and as even lines as fit a width, three at most. */
export function wrapWords(text, room, measure) {
  const words = text.split(/\s+/).filter(Boolean);
  const fill = (width) => {
    const lines = [];
    for (const word of words) {
      const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
      if (lines.length && measure(longer) <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  };
  let lines = fill(room);
  const rows = lines.length;
  // The narrowest width that takes no more lines makes them even.
  for (let width = 0.9 * room; rows > 1 && width > 0.4 * room; width -= 0.1 * room) {
    const narrower = fill(width);
    if (narrower.length > rows || narrower.some((line) => measure(line) > room)) break;
    lines = narrower;
  }
  if (lines.length <= 3) return lines;
  return [lines[0], lines[1], `${lines[2]} …`];
}
