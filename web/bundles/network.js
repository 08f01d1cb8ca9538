// Draws graphs of more things than Cytoscape can: sigma.js, by WebGL.
import Graph from "graphology";
import Sigma from "sigma";
import { EdgeArrowProgram, EdgeLineProgram } from "sigma/rendering";
import { Overlay } from "./graph/overlay.js";
import { discOf, readColours } from "./graph/look.js";
import { forgetMeasures } from "./graph/names.js";
import { rankThings } from "./graph/model.js";

const ARROWS = 6000;
const NAMED = 260;
const WIDE = 1.35;
const PALE = [[1000, 0.7], [5000, 0.4], [Infinity, 0.22]];

function hasWebGl() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}

/** Lays out the things of a model in a worker; tells how far it is. */
function layOut(script, things, bundles, say) {
  const places = new Map(things.map((thing, index) => [thing, index]));
  const ends = new Uint32Array(2 * bundles.length);
  bundles.forEach(({ source, target }, index) => {
    ends[2 * index] = places.get(source);
    ends[2 * index + 1] = places.get(target);
  });
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { type: "module" });
    worker.addEventListener("error", (event) => reject(new Error(event.message ?? "the layout failed")));
    worker.addEventListener("message", ({ data }) => {
      if (!data.places) {
        say(`Laying out ${things.length} things: ${Math.round(100 * data.part)} %`);
        return;
      }
      worker.terminate();
      resolve(data.places);
    });
    worker.postMessage({ order: things.length, ends }, [ends.buffer]);
  });
}

/** A colour of the page, which may be any of CSS, mixed into another one. */
function mix(colour, ground, share) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = ground;
  pen.fillRect(0, 0, 1, 1);
  pen.globalAlpha = share;
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
  return `rgb(${red},${green},${blue})`;
}

class Network {
  constructor(host, model, places, { obstacles, react }) {
    this.host = host;
    this.model = model;
    this.colours = readColours(host);
    this.things = rankThings(model.things.values());
    forgetMeasures();
    this.stage = document.createElement("div");
    this.stage.className = "network";
    host.append(this.stage);
    this.graph = new Graph({ multi: true, type: "directed" });
    const small = Math.max(0.35, Math.min(1, Math.sqrt(700 / this.things.length)));
    this.things.forEach((thing, index) => this.graph.addNode(thing.id, {
      // The axis of WebGL points upwards.
      x: WIDE * places[2 * index], y: -places[2 * index + 1],
      size: Math.max(1.2, 0.42 * small * discOf(thing.weight)),
    }));
    for (const bundle of model.bundles.values()) {
      const size = Math.min(4, 0.3 + 0.4 * Math.sqrt(bundle.count));
      this.graph.addEdgeWithKey(bundle.id, bundle.source.id, bundle.target.id, { size });
    }
    this.sigma = this.start();
    this.overlay = new Overlay(host, this, obstacles, NAMED);
    this.listen(react);
    this.overlay.place();
  }

  start() {
    const many = this.graph.size > ARROWS;
    this.paintColours();
    return new Sigma(this.graph, this.stage, {
      renderLabels: false, allowInvalidContainer: true, enableEdgeEvents: !many, stagePadding: 40,
      hideEdgesOnMove: many, minCameraRatio: 0.01, maxCameraRatio: 2,
      defaultEdgeType: many ? "line" : "arrow",
      edgeProgramClasses: { line: EdgeLineProgram, arrow: EdgeArrowProgram },
      defaultDrawNodeHover: () => {},
      nodeReducer: (id, data) => ({ ...data, hidden: !this.model.things.get(id).shown }),
      edgeReducer: (id, data) => ({ ...data, hidden: !this.model.bundles.get(id).shown }),
    });
  }

  paintColours() {
    const share = PALE.find(([most]) => this.graph.size <= most)[1];
    const { ground } = this.colours;
    const faded = Object.fromEntries(
      Object.entries(this.colours.lines).map(([look, colour]) => [look, mix(colour, ground, share)]),
    );
    const kinds = new Map();
    this.graph.updateEachNodeAttributes((id, data) => {
      const { kind } = this.model.things.get(id);
      if (!kinds.has(kind)) kinds.set(kind, mix(this.colours.kind(kind), ground, 1));
      return { ...data, color: kinds.get(kind) };
    });
    this.graph.updateEachEdgeAttributes((id, data) => (
      { ...data, color: faded[this.model.bundles.get(id).look] }));
  }

  listen(react) {
    const { sigma } = this;
    let waiting = 0;
    sigma.getCamera().on("updated", () => {
      this.overlay.paint();
      clearTimeout(waiting);
      waiting = setTimeout(() => this.overlay.place(), 90);
    });
    sigma.on("resize", () => {
      this.overlay.resize();
      this.overlay.placeSoon();
    });
    const thing = ({ node }) => this.model.things.get(node);
    const bundle = ({ edge }) => this.model.bundles.get(edge);
    sigma.on("enterNode", (event) => react.over({ thing: thing(event) }));
    sigma.on("leaveNode", () => react.over(null));
    sigma.on("clickNode", (event) => react.tap({ thing: thing(event) }));
    sigma.on("enterEdge", (event) => react.over({ bundle: bundle(event) }));
    sigma.on("leaveEdge", () => react.over(null));
    sigma.on("clickEdge", (event) => react.tap({ bundle: bundle(event) }));
    sigma.on("clickStage", ({ event }) => {
      const named = this.overlay.find(event);
      react.tap(named ? { thing: named } : null);
    });
    sigma.on("doubleClickNode", (event) => {
      event.preventSigmaDefault();
      react.grow(thing(event));
    });
  }

  resize() {
    this.sigma.refresh();
    this.overlay.placeSoon();
  }

  fit() {
    this.sigma.getCamera().setState({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
  }

  zoom(factor) {
    const camera = this.sigma.getCamera();
    camera.setState({ ratio: camera.getBoundedRatio(camera.ratio / factor) });
  }

  reveal(id) {
    const { x, y } = this.locate(id);
    const inside = x > 40 && y > 40 && x < this.host.clientWidth - 40 && y < this.host.clientHeight - 40;
    if (inside) return;
    const at = this.sigma.getNodeDisplayData(id);
    this.sigma.getCamera().setState({ x: at.x, y: at.y });
  }

  locate(id) {
    const { x, y, size } = this.graph.getNodeAttributes(id);
    return { ...this.sigma.graphToViewport({ x, y }), r: this.sigma.scaleSize(size) };
  }

  trace({ id, source, target }) {
    if (source === target) return null;
    const [from, to] = [this.locate(source.id), this.locate(target.id)];
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const [x, y] = [(to.x - from.x) / length, (to.y - from.y) / length];
    return {
      from: { x: from.x + from.r * x, y: from.y + from.r * y },
      to: { x: to.x - to.r * x, y: to.y - to.r * y },
      bends: [], width: this.sigma.scaleSize(this.graph.getEdgeAttribute(id, "size")),
    };
  }

  apply({ things, bundles }) {
    if (!things.length && !bundles.length) return;
    this.sigma.refresh({ skipIndexation: true });
    this.overlay.placeSoon();
  }

  light(chosen) {
    this.host.parentElement.classList.toggle("lighting", chosen !== null);
    this.overlay.light(chosen);
  }

  focus(thing) {
    this.overlay.focus(thing);
  }

  restyle() {
    this.colours = readColours(this.host);
    this.paintColours();
    this.sigma.refresh();
    this.overlay.paint();
  }

  async paintPicture(scale) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(this.host.clientWidth * scale);
    canvas.height = Math.round(this.host.clientHeight * scale);
    const context = canvas.getContext("2d");
    context.fillStyle = this.colours.ground;
    context.fillRect(0, 0, canvas.width, canvas.height);
    // WebGL keeps a picture until the task in which it was drawn has ended.
    this.sigma.render();
    for (const layer of ["edges", "nodes"]) {
      context.drawImage(this.sigma.getCanvases()[layer], 0, 0, canvas.width, canvas.height);
    }
    context.scale(scale, scale);
    this.overlay.writeNames(context, scale);
    return canvas;
  }
}

/** Lays out and draws a large graph. */
export async function drawNetwork(host, model, { obstacles, react, say }) {
  if (!hasWebGl()) {
    throw new Error("this browser has no WebGL, without which 500 things can be shown at most");
  }
  const things = rankThings(model.things.values());
  const script = host.closest("section").dataset.layoutScript;
  const places = await layOut(script, things, [...model.bundles.values()], say);
  return new Network(host, model, places, { obstacles, react });
}
