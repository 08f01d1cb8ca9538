// The graph by keyboard: arrows go from thing to thing, Enter opens, + and - zoom.
import { listNeighbours, rankThings } from "./model.js";

const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const STEP = 1.3;

/** The thing that lies best in a direction: a neighbour if one does, else whatever else. */
export function findNext(now, way, things, locate) {
  const at = locate(now.id);
  const rate = (thing) => {
    const { x, y } = locate(thing.id);
    const along = (x - at.x) * way[0] + (y - at.y) * way[1];
    const aside = Math.abs((x - at.x) * way[1]) + Math.abs((y - at.y) * way[0]);
    return along <= 1 || aside > 1.7 * along ? Infinity : along + 1.6 * aside;
  };
  const best = (candidates) => {
    let found = null;
    let least = Infinity;
    for (const thing of candidates) {
      const rated = thing === now || !thing.shown ? Infinity : rate(thing);
      if (rated < least) [found, least] = [thing, rated];
    }
    return found;
  };
  return best(listNeighbours(now)) ?? best(things);
}

/** Lets keys move a focus among the things of a drawing. */
export function listenToKeys(host, { model, drawing, focus, open, letGo, grow }) {
  let now = null;
  const choose = (thing) => {
    now = thing;
    if (thing) drawing.reveal(thing.id);
    focus(thing);
  };
  const heaviest = () => rankThings(model.things.values()).find((thing) => thing.shown) ?? null;
  host.addEventListener("focus", () => {
    if (host.matches(":focus-visible")) choose(now?.shown ? now : heaviest());
  });
  host.addEventListener("blur", () => focus(null));
  host.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key in WAYS) {
      const start = now?.shown ? now : heaviest();
      if (!start) return;
      choose((now && findNext(start, WAYS[key], model.things.values(), (id) => drawing.locate(id))) ?? start);
    } else if (key === "+" || key === "=") drawing.zoom(STEP);
    else if (key === "-") drawing.zoom(1 / STEP);
    else if (key === "0") drawing.fit();
    else if (key === "Enter" && now) open(now);
    else if (key === "n" && now) grow(now);
    else if (key === "Escape") letGo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return { set: (thing) => (now = thing) };
}
