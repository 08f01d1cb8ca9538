// The graph as Cytoscape draws it; names, and what is lit, lie on a canvas of their own above it.
import cytoscape from "cytoscape";
import { FAINT, dashes, discOf, lineOf, readColours } from "./look.js";
import { arrange } from "./layout.js";
import { Overlay } from "./overlay.js";
import { forgetMeasures, typeset } from "./names.js";
import { listClaims, rankThings } from "./model.js";

const NAMED = 64;
const TIP = 0.44;
const USUAL = 520;
const MARGIN = { x: 46, y: 12, below: 26 };

/** Lets Cytoscape find the style element that it would else write, which the policy forbids. */
function keepStylesOut() {
  const id = "__________cytoscape_stylesheet";
  if (document.getElementById(id)) return;
  const mark = document.createElement("meta");
  mark.id = id;
  document.head.append(mark);
}

/** The style; colours come with the elements, for each rule is tried on all that change. */
function makeStyle({ ground }) {
  const line = (look, style) => ({ selector: `edge[look="${look}"]`, style });
  const dashed = (look) => ({ "line-style": "dashed", "line-dash-pattern": dashes(look) });
  return [
    {
      selector: "node",
      style: {
        "background-color": "data(colour)", width: "data(size)", height: "data(size)", label: "",
        "border-width": "data(rim)", "border-color": ground, "z-index": "data(depth)",
        "overlay-opacity": 0,
      },
    },
    {
      selector: "edge",
      style: {
        width: "data(width)", "line-color": "data(colour)", "target-arrow-color": "data(colour)",
        "curve-style": "bezier", "control-point-step-size": "data(step)",
        "target-arrow-shape": "triangle", "arrow-scale": "data(tip)", "overlay-opacity": 0,
        "loop-direction": "-45deg", "loop-sweep": "60deg",
      },
    },
    line("unsure", { ...dashed("unsure"), "target-arrow-shape": "vee", "line-cap": "round" }),
    line("denied", { "target-arrow-shape": "tee" }),
    line("inferred", dashed("inferred")),
    line("background", { "line-opacity": FAINT, "target-arrow-shape": "none" }),
    { selector: ".gone", style: { visibility: "hidden" } },
  ];
}

const makeNode = (thing, { kind }) => ({
  group: "nodes",
  data: {
    id: thing.id, colour: kind(thing.kind), weight: thing.weight, wide: discOf(thing.weight),
    size: discOf(thing.weight), rim: 1.5, depth: Math.round(10 * thing.weight),
  },
});

const makeEdge = (bundle, { lines }) => ({
  group: "edges",
  data: {
    id: bundle.id, source: bundle.source.id, target: bundle.target.id, look: bundle.look,
    colour: lines[bundle.look],
    claims: listClaims(bundle), thick: lineOf(bundle.count), width: lineOf(bundle.count), step: 16, tip: TIP,
  },
});

/** A drawing of up to some hundreds of things, and what can be done with it. */
export class Drawing {
  constructor(host, model, { obstacles, room, react }) {
    keepStylesOut();
    this.host = host;
    this.model = model;
    this.room = room;
    this.colours = readColours(host);
    this.turned = false;
    this.touched = false;
    forgetMeasures();
    this.cy = cytoscape({
      container: host, style: makeStyle(this.colours), minZoom: 0.08, maxZoom: 5,
      elements: [
        ...[...model.things.values()].map((thing) => makeNode(thing, this.colours)),
        ...[...model.bundles.values()].map((bundle) => makeEdge(bundle, this.colours)),
      ],
      boxSelectionEnabled: false, autounselectify: true, hideEdgesOnViewport: model.bundles.size > 900,
      pixelRatio: Math.min(2, window.devicePixelRatio || 1),
    });
    arrange(this.cy, this.measureNames());
    this.overlay = new Overlay(host, this, obstacles);
    this.fit();
    this.listen(react);
  }

  measureNames() {
    const heaviest = rankThings(this.model.things.values()).slice(0, NAMED);
    return new Map(heaviest.map((thing) => [thing.id, typeset(thing)]));
  }

  listen(react) {
    const { cy } = this;
    let waiting = 0;
    let before = cy.zoom();
    cy.on("viewport", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        if (Math.abs(Math.log(cy.zoom() / before)) > 0.02) this.scale();
        before = cy.zoom();
        this.overlay.place();
      }, 90);
    });
    cy.on("render", () => this.overlay.paint());
    cy.on("dragfree", "node", () => this.overlay.place());
    cy.on("scrollzoom pinchzoom dragpan", () => (this.touched = true));
    const thing = (event) => this.model.things.get(event.target.id());
    const bundle = (event) => this.model.bundles.get(event.target.id());
    cy.on("mouseover", "node", (event) => react.over({ thing: thing(event) }));
    cy.on("mouseover", "edge", (event) => react.over({ bundle: bundle(event) }));
    cy.on("mouseout", "node, edge", () => react.over(null));
    cy.on("tap", "node", (event) => react.tap({ thing: thing(event) }));
    cy.on("tap", "edge", (event) => react.tap({ bundle: bundle(event) }));
    cy.on("dbltap", "node", (event) => react.grow(thing(event)));
    cy.on("tap", (event) => {
      if (event.target !== cy) return;
      const named = this.overlay.find(event.renderedPosition);
      react.tap(named ? { thing: named } : null);
    });
    new ResizeObserver(() => this.resize()).observe(this.host);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!width || (width === this.width && height === this.height)) return;
    this.cy.resize();
    this.overlay.resize();
    if (this.touched) this.overlay.place();
    else this.fit();
  }

  /** How much larger than on a screen of usual size things are drawn: less in a small panel. */
  findGrowth() {
    const { clientWidth, clientHeight } = this.host;
    const small = Math.max(0.7, Math.min(1, Math.sqrt(clientWidth * clientHeight) / USUAL));
    return small * (1 / this.cy.zoom()) ** 0.85;
  }

  /** Keeps discs and lines about as large on the screen as they should be, however far the zoom. */
  scale() {
    const scale = 1 / this.cy.zoom();
    const grow = this.findGrowth();
    this.cy.batch(() => {
      this.cy.nodes().forEach((node) => {
        node.data({ size: node.data("wide") * grow, rim: 1.5 * scale });
      });
      this.cy.edges().forEach((edge) => {
        edge.data({ width: edge.data("thick") * grow, step: 16 * grow, tip: TIP * scale });
      });
    });
  }

  /** Shows all of it within what is free of the tools, turned where the panel stands upright. */
  fit() {
    const { cy, room } = this;
    this.width = this.host.clientWidth;
    this.height = this.host.clientHeight;
    this.touched = false;
    const free = room();
    const upright = free.y2 - free.y1 > 1.12 * (free.x2 - free.x1);
    if (upright !== this.turned) {
      this.turned = upright;
      cy.batch(() => cy.nodes().forEach((node) => {
        const { x, y } = node.position();
        node.position({ x: y, y: x });
      }));
    }
    const shown = cy.nodes().filter((node) => !node.hasClass("gone"));
    const all = shown.nonempty() ? shown : cy.nodes();
    const at = all.map((node) => node.position());
    const box = {
      x1: Math.min(...at.map(({ x }) => x)), x2: Math.max(...at.map(({ x }) => x)),
      y1: Math.min(...at.map(({ y }) => y)), y2: Math.max(...at.map(({ y }) => y)),
    };
    const side = Math.min(MARGIN.x, 0.085 * (free.x2 - free.x1));
    const wide = free.x2 - free.x1 - 2 * side;
    const high = free.y2 - free.y1 - MARGIN.y - MARGIN.below;
    const zoom = Math.max(0.08, Math.min(
      2.2, wide / Math.max(1, box.x2 - box.x1), high / Math.max(1, box.y2 - box.y1),
    ));
    const pan = {
      x: (free.x1 + free.x2) / 2 - (zoom * (box.x1 + box.x2)) / 2,
      y: (free.y1 + MARGIN.y + free.y2 - MARGIN.below) / 2 - (zoom * (box.y1 + box.y2)) / 2,
    };
    cy.viewport({ zoom, pan });
    this.scale();
    this.overlay.place();
  }

  zoom(factor) {
    const { clientWidth: x, clientHeight: y } = this.host;
    this.touched = true;
    this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: { x: x / 2, y: y / 2 } });
  }

  /** Brings a thing into the panel where it lies outside. */
  reveal(id) {
    const { x, y } = this.locate(id);
    const free = this.room();
    const by = {
      x: Math.max(free.x1 + 40 - x, 0) + Math.min(free.x2 - 40 - x, 0),
      y: Math.max(free.y1 + 40 - y, 0) + Math.min(free.y2 - 40 - y, 0),
    };
    if (by.x || by.y) this.cy.panBy(by);
  }

  /** Where a thing lies in the panel, and the radius of its disc there. */
  locate(id) {
    const node = this.cy.getElementById(id);
    const { x, y } = node.renderedPosition();
    return { x, y, r: (node.data("size") * this.cy.zoom()) / 2 };
  }

  /** The line of a bundle in the panel as {from, to, bends, width}; null where it has none. */
  trace(bundle) {
    const edge = this.cy.getElementById(bundle.id);
    const from = edge.renderedSourceEndpoint();
    const to = edge.renderedTargetEndpoint();
    if (!from || !to || Number.isNaN(from.x)) return null;
    const zoom = this.cy.zoom();
    const pan = this.cy.pan();
    const bends = (edge.controlPoints() ?? [])
      .map(({ x, y }) => ({ x: x * zoom + pan.x, y: y * zoom + pan.y }));
    return { from, to, bends, width: edge.data("width") * zoom };
  }

  /** Shows and hides what has changed. */
  apply({ things, bundles }) {
    this.cy.batch(() => {
      for (const each of [...things, ...bundles]) {
        this.cy.getElementById(each.id).toggleClass("gone", !each.shown);
      }
    });
    this.overlay.placeSoon();
  }

  light(chosen) {
    // Not on the host itself: Cytoscape draws anew when that changes.
    this.host.parentElement.classList.toggle("lighting", chosen !== null);
    this.overlay.light(chosen);
  }

  focus(thing) {
    this.overlay.focus(thing);
  }

  /** Adds new things near an old one, without moving any other. */
  add({ things, bundles }, near) {
    const { cy } = this;
    const old = new Set(cy.edges().map((edge) => edge.id()));
    const spots = findSpots(cy, near, things.length);
    cy.batch(() => {
      for (const [index, thing] of things.entries()) {
        const node = makeNode(thing, this.colours);
        cy.add({ ...node, position: spots[index] });
      }
      for (const bundle of bundles) {
        if (old.has(bundle.id)) cy.getElementById(bundle.id).data({ thick: lineOf(bundle.count), claims: listClaims(bundle) });
        else cy.add(makeEdge(bundle, this.colours));
      }
      for (const thing of this.model.things.values()) {
        cy.getElementById(thing.id).data({ wide: discOf(thing.weight), weight: thing.weight });
      }
    });
    this.scale();
    this.overlay.rank();
    const { clientWidth, clientHeight } = this.host;
    const outside = things.some((thing) => {
      const { x, y } = this.locate(thing.id);
      return x < 10 || y < 10 || x > clientWidth - 10 || y > clientHeight - 10;
    });
    if (outside) this.fit();
    else this.overlay.place();
  }

  restyle() {
    this.colours = readColours(this.host);
    const { kind, lines } = this.colours;
    this.cy.batch(() => {
      for (const { id, kind: name } of this.model.things.values()) {
        this.cy.getElementById(id).data("colour", kind(name));
      }
      for (const { id, look } of this.model.bundles.values()) {
        this.cy.getElementById(id).data("colour", lines[look]);
      }
    });
    this.cy.style(makeStyle(this.colours));
    this.overlay.paint();
  }

  /** What is shown as a picture, `scale` times as large as the panel. */
  async paintPicture(scale) {
    const { clientWidth: width, clientHeight: height } = this.host;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const context = canvas.getContext("2d");
    context.fillStyle = this.colours.ground;
    context.fillRect(0, 0, canvas.width, canvas.height);
    const picture = new Image();
    picture.src = this.cy.png({ output: "base64uri", full: false, scale, bg: this.colours.ground });
    await picture.decode();
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    context.scale(scale, scale);
    this.overlay.writeNames(context, scale);
    return canvas;
  }
}

/** Places around a thing where nothing lies yet, the nearest first. */
function findSpots(cy, near, count) {
  const { x, y } = cy.getElementById(near.id).position();
  const unit = 1 / cy.zoom();
  const taken = cy.nodes().map((node) => node.position());
  const clear = 40 * unit;
  const spots = [];
  for (let ring = 1; spots.length < count && ring < 60; ring += 1) {
    const radius = (46 + 34 * ring) * unit;
    const steps = Math.floor((2 * Math.PI * radius) / (52 * unit));
    for (let step = 0; step < steps && spots.length < count; step += 1) {
      const angle = (2 * Math.PI * (step + 0.5 * (ring % 2))) / steps;
      const spot = { x: x + radius * Math.cos(angle), y: y + radius * Math.sin(angle) };
      const free = [...taken, ...spots]
        .every((other) => Math.hypot(other.x - spot.x, other.y - spot.y) > clear);
      if (free) spots.push(spot);
    }
  }
  while (spots.length < count) spots.push({ x: x + 60 * unit, y: y + 4 * spots.length * unit });
  return spots;
}
