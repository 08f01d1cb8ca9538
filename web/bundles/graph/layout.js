// Where things lie: fcose from the same start each time, no two on one another, the parts packed.
import cytoscape from "cytoscape";
import fcose from "cytoscape-fcose";

cytoscape.use(fcose);

const SEED = 7;
const ASPECT = 1.45;
const CELL = 13;
const ROUNDS = 220;
const FIRST = 14;
const SCREEN = { width: 620, height: 400 };

/** Numbers that look random and are the same each time, for the layout to begin with. */
function withSeed(work) {
  const random = Math.random;
  let state = SEED;
  Math.random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  try {
    return work();
  } finally {
    Math.random = random;
  }
}

/** The length of an edge: between two things of many edges there must be room for the others. */
function giveRoom(edge) {
  const [a, b] = [edge.source().data("weight"), edge.target().data("weight")];
  return 42 + 26 * Math.min(a, b);
}

/**
 * Lays out a graph; its parts are as wide as they are high times 1.45, whatever the window.
 *
 * @param cy the graph of Cytoscape, of which each node has `weight` and `wide`.
 * @param boxes the name of each thing that shall have room for it, a map to {width, height}.
 */
export function arrange(cy, boxes) {
  withSeed(() => cy.layout({
    name: "fcose", quality: cy.nodes().length > 250 ? "default" : "proof", randomize: true,
    animate: false, fit: false, nodeSeparation: 90, idealEdgeLength: giveRoom,
    nodeRepulsion: (node) => 6000 + 6000 * node.data("weight"), edgeElasticity: () => 0.35,
    gravity: 0.25, packComponents: false, tile: false, nodeDimensionsIncludeLabels: false,
  }).run());
  const parts = cy.elements().components()
    .map((part) => part.nodes().map((node) => makeBody(node, boxes.get(node.id()))))
    .sort((a, b) => b.length - a.length || (a[0].id < b[0].id ? -1 : 1));
  for (const part of parts) {
    turn(part);
    if (part.length > 6) stretch(part);
    spread(part);
  }
  pack(parts);
  makeRoomForNames(parts.flat(), boxes);
  cy.batch(() => {
    for (const body of parts.flat()) cy.getElementById(body.id).position({ x: body.x, y: body.y });
  });
}

function makeBody(node, name) {
  const { x, y } = node.position();
  const r = node.data("wide") / 2 + 3;
  const half = Math.max(r, (name?.width ?? 0) / 2 + 3);
  return { id: node.id(), x, y, r, weight: node.data("weight"), left: half, right: half, up: r, down: r + (name?.height ?? 0) + 3 };
}

/** Turns a part so that it is widest from left to right, with its heaviest things to the left. */
function turn(part) {
  const mid = findMiddle(part);
  let [xx, xy, yy] = [0, 0, 0];
  for (const { x, y } of part) {
    xx += (x - mid.x) ** 2;
    xy += (x - mid.x) * (y - mid.y);
    yy += (y - mid.y) ** 2;
  }
  const angle = -0.5 * Math.atan2(2 * xy, xx - yy);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (const body of part) {
    const [x, y] = [body.x - mid.x, body.y - mid.y];
    body.x = x * cos - y * sin;
    body.y = x * sin + y * cos;
  }
}

function findMiddle(part) {
  const sum = part.reduce((total, { x, y }) => ({ x: total.x + x, y: total.y + y }), { x: 0, y: 0 });
  return { x: sum.x / part.length, y: sum.y / part.length };
}

function measure(part) {
  return {
    x1: Math.min(...part.map((body) => body.x - body.left)),
    x2: Math.max(...part.map((body) => body.x + body.right)),
    y1: Math.min(...part.map((body) => body.y - body.up)),
    y2: Math.max(...part.map((body) => body.y + body.down)),
  };
}

function stretch(part) {
  const box = measure(part);
  const factor = (ASPECT * (box.y2 - box.y1)) / (box.x2 - box.x1);
  const most = Math.max(0.72, Math.min(1.4, factor));
  for (const body of part) {
    body.x *= Math.sqrt(most);
    body.y /= Math.sqrt(most);
  }
}

/** Spreads all once more as they are on a screen of usual size, so that what is named first fits. */
function makeRoomForNames(bodies, boxes) {
  const first = new Set([...boxes.keys()].slice(0, FIRST));
  for (let round = 0; round < 5; round += 1) {
    const box = measure(bodies);
    const zoom = Math.min(SCREEN.width / (box.x2 - box.x1), SCREEN.height / (box.y2 - box.y1), 1);
    for (const body of bodies) {
      const r = body.r * zoom ** -0.85;
      const name = first.has(body.id) ? boxes.get(body.id) : { width: 0, height: 0 };
      body.left = body.right = Math.max(r, (name.width / 2 + 4) / zoom);
      body.up = r;
      body.down = r + (name.height ? (name.height + 5) / zoom : 0);
    }
    spread(bodies);
  }
}

/** Pushes things apart until none, with its name, lies on another. */
function spread(part) {
  for (let round = 0; round < ROUNDS; round += 1) {
    let moved = 0;
    part.sort((a, b) => a.x - a.left - (b.x - b.left) || (a.id < b.id ? -1 : 1));
    const widest = Math.max(...part.map((body) => body.left + body.right));
    for (let i = 0; i < part.length; i += 1) {
      const a = part[i];
      for (let j = i + 1; j < part.length; j += 1) {
        const b = part[j];
        if (b.x - b.left > a.x - a.left + widest) break;
        const across = Math.min(a.x + a.right - (b.x - b.left), b.x + b.right - (a.x - a.left));
        const along = Math.min(a.y + a.down - (b.y - b.up), b.y + b.down - (a.y - a.up));
        if (across <= 0.5 || along <= 0.5) continue;
        moved += 1;
        push(a, b, across, along);
      }
    }
    if (moved === 0) return;
  }
}

function push(a, b, across, along) {
  const share = b.weight / (a.weight + b.weight);
  if (along < across) {
    const step = 0.55 * along * (a.y < b.y || (a.y === b.y && a.id < b.id) ? -1 : 1);
    a.y += step * share;
    b.y -= step * (1 - share);
  } else {
    const step = 0.55 * across * (a.x < b.x || (a.x === b.x && a.id < b.id) ? -1 : 1);
    a.x += step * share;
    b.x -= step * (1 - share);
  }
}

/** Puts the lesser parts where they fit nearest to the middle of the greatest. */
function pack(parts) {
  const taken = new Set();
  const key = (column, row) => column * 100003 + row;
  for (const [index, part] of parts.entries()) {
    const box = measure(part);
    const shift = { x: -(box.x1 + box.x2) / 2, y: -(box.y1 + box.y2) / 2 };
    for (const body of part) {
      body.x += shift.x;
      body.y += shift.y;
    }
    const cells = rasterise(part);
    const place = index === 0 ? [0, 0] : findPlace(cells, taken, key);
    for (const [column, row] of cells) taken.add(key(column + place[0], row + place[1]));
    for (const body of part) {
      body.x += place[0] * CELL;
      body.y += place[1] * CELL;
    }
  }
}

function rasterise(part) {
  const cells = new Map();
  for (const body of part) {
    const [left, right] = [body.x - body.left - 6, body.x + body.right + 6];
    const [top, bottom] = [body.y - body.up - 6, body.y + body.down + 6];
    for (let column = Math.floor(left / CELL); column <= right / CELL; column += 1) {
      for (let row = Math.floor(top / CELL); row <= bottom / CELL; row += 1) {
        cells.set(`${column} ${row}`, [column, row]);
      }
    }
  }
  if (part.length > 1 && part.length < 9) bridge(part, cells);
  return [...cells.values()];
}

/** Takes the room between the things of a small part too, where its edges run. */
function bridge(part, cells) {
  for (const a of part) {
    for (const b of part) {
      const steps = Math.ceil(Math.hypot(a.x - b.x, a.y - b.y) / CELL);
      for (let step = 1; step < steps; step += 1) {
        const column = Math.floor((a.x + ((b.x - a.x) * step) / steps) / CELL);
        const row = Math.floor((a.y + ((b.y - a.y) * step) / steps) / CELL);
        cells.set(`${column} ${row}`, [column, row]);
      }
    }
  }
}

function findPlace(cells, taken, key) {
  for (let ring = 1; ring < 400; ring += 1) {
    const [wide, high] = [Math.round(ring * ASPECT), ring];
    let best = null;
    const tryAt = (column, row) => {
      const cost = Math.hypot(column / ASPECT, row) + 0.001 * (column + 2 * row);
      if (best !== null && cost >= best.cost) return;
      if (cells.some((cell) => taken.has(key(cell[0] + column, cell[1] + row)))) return;
      best = { cost, place: [column, row] };
    };
    for (let column = -wide; column <= wide; column += 1) {
      tryAt(column, -high);
      tryAt(column, high);
    }
    for (let row = -high; row <= high; row += 1) {
      tryAt(-wide, row);
      tryAt(wide, row);
    }
    if (best !== null) return best.place;
  }
  return [0, 0];
}
