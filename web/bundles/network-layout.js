// Lays out graphs of thousands of things with ForceAtlas2, as a worker of the page's own.
import defaults from "graphology-layout-forceatlas2/defaults.js";
import iterate from "graphology-layout-forceatlas2/iterate.js";

const PER_NODE = 10;
const PER_EDGE = 3;
const TOLD = 10;

/** A number of rounds that takes some seconds at most. */
const countRounds = (order) => (order > 10_000 ? 120 : order > 4000 ? 200 : 320);

/** Fills the matrices that ForceAtlas2 works on, all things lying on a spiral at first. */
function fillMatrices(order, ends) {
  const nodes = new Float32Array(order * PER_NODE);
  for (let index = 0; index < order; index += 1) {
    const angle = index * Math.PI * (3 - Math.sqrt(5));
    const radius = 10 * Math.sqrt(index + 0.5);
    nodes.set([radius * Math.cos(angle), radius * Math.sin(angle), 0, 0, 0, 0, 1, 1, 1, 0], index * PER_NODE);
  }
  const edges = new Float32Array((ends.length / 2) * PER_EDGE);
  for (let index = 0; index < ends.length; index += 2) {
    const [source, target] = [ends[index] * PER_NODE, ends[index + 1] * PER_NODE];
    nodes[source + 6] += 1;
    nodes[target + 6] += 1;
    edges.set([source, target, 1], (index / 2) * PER_EDGE);
  }
  return { nodes, edges };
}

/** Positions x, y, x, y, … of things 0, 1, …, of which `ends` are joined two by two. */
export function layOut(order, ends, tell = () => {}) {
  const { nodes, edges } = fillMatrices(order, ends);
  const settings = {
    ...defaults, barnesHutOptimize: order > 1000, barnesHutTheta: 0.8, strongGravityMode: true,
    gravity: 0.06, scalingRatio: 12, slowDown: 1 + Math.log(order), outboundAttractionDistribution: true,
  };
  const rounds = countRounds(order);
  for (let round = 0; round < rounds; round += 1) {
    iterate(settings, nodes, edges);
    if (round % TOLD === 0) tell(round / rounds);
  }
  const places = new Float32Array(2 * order);
  for (let index = 0; index < order; index += 1) {
    places[2 * index] = nodes[index * PER_NODE];
    places[2 * index + 1] = nodes[index * PER_NODE + 1];
  }
  return places;
}

self.addEventListener("message", ({ data: { order, ends } }) => {
  const places = layOut(order, ends, (part) => self.postMessage({ part }));
  self.postMessage({ places }, [places.buffer]);
});
