// Draws the graph of an article, the same each time, and lights what the reader points at.
import cytoscape from "cytoscape";
import fcose from "cytoscape-fcose";

cytoscape.use(fcose);

const SEED = 7;
const GAP = 3;

/** Lets Cytoscape find the style element that it would else write, which the policy forbids. */
function keepStylesOut() {
  const id = "__________cytoscape_stylesheet";
  if (document.getElementById(id)) return;
  const mark = document.createElement("meta");
  mark.id = id;
  document.head.append(mark);
}

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

function readColours(host) {
  const style = getComputedStyle(host);
  const colour = (name) => style.getPropertyValue(name).trim();
  const probe = document.createElement("i");
  host.append(probe);
  const kind = (name) => {
    probe.className = `kind-${name}`;
    return getComputedStyle(probe).getPropertyValue("--kind").trim() || colour("--muted");
  };
  return { colour, kind, done: () => probe.remove() };
}

function makeStyle(host, kinds) {
  const { colour, kind, done } = readColours(host);
  const font = getComputedStyle(document.body).fontFamily;
  const line = (state, look) => ({ selector: `edge[state="${state}"]`, style: look });
  const style = [
    {
      selector: "node",
      style: {
        "background-color": colour("--muted"), width: "data(size)", height: "data(size)",
        label: "data(short)", "font-family": font, "font-size": "data(letters)",
        color: colour("--ink"), "text-valign": "bottom", "text-margin-y": 4,
        "text-outline-color": colour("--ground"), "text-outline-width": 2.5,
        "text-outline-opacity": 0.9, "border-width": 2, "border-color": colour("--ground"),
        "text-wrap": "wrap", "text-max-width": "data(room)",
        // What has the more edges lies, with its name, on what has fewer.
        "z-index": (node) => Math.round(10 * node.data("weight")),
      },
    },
    ...kinds.map((each) => ({
      selector: `node[kind="${each}"]`, style: { "background-color": kind(each) },
    })),
    {
      selector: "edge",
      style: {
        width: "data(width)", "line-color": colour("--edge"), "curve-style": "bezier",
        "target-arrow-shape": "triangle", "target-arrow-color": colour("--edge"),
        "arrow-scale": 0.8, "font-family": font, "font-size": "data(small)", color: colour("--ink"),
        "text-rotation": "autorotate", "text-outline-color": colour("--ground"),
        "text-outline-width": 2,
      },
    },
    line("denied", {
      "line-color": colour("--denied"), "target-arrow-color": colour("--denied"),
      "target-arrow-shape": "tee",
    }),
    line("reported", { "line-color": colour("--reported"), "target-arrow-color": colour("--reported") }),
    ...["possible", "predicted", "desired"].map((state) => line(state, {
      "line-style": "dotted", "line-color": colour("--unsure"),
      "target-arrow-color": colour("--unsure"), "target-arrow-shape": "vee",
    })),
    line("inferred", { "line-style": "dashed", "line-dash-pattern": [7, 4] }),
    line("background", { opacity: 0.45, "target-arrow-shape": "none" }),
    { selector: ".quiet", style: { "text-opacity": 0, "text-outline-opacity": 0 } },
    { selector: ".gone", style: { display: "none" } },
    { selector: ".dim", style: { opacity: 0.12 } },
    {
      selector: "node.hot",
      style: { "border-color": colour("--accent"), "border-width": 3, "text-opacity": 1, "z-index": 9999 },
    },
    {
      selector: "edge.hot",
      style: {
        label: "data(label)", "line-color": colour("--accent"), opacity: 1,
        "target-arrow-color": colour("--accent"), "z-index": 9,
      },
    },
  ];
  done();
  return style;
}

function makeElements({ nodes, edges }) {
  const degree = new Map();
  for (const { source, target, claims } of edges) {
    for (const end of [source, target]) {
      degree.set(end, (degree.get(end) ?? 0) + Math.max(1, claims.length));
    }
  }
  const thicken = ({ claims }) => {
    const thick = Math.min(6, 0.7 + 0.6 * Math.max(1, claims.length));
    return { thick, width: thick, small: 10 };
  };
  const clip = (text) => (text.length > 44 ? `${text.slice(0, 42)}…` : text);
  return [
    ...nodes.map((node) => {
      const weight = Math.sqrt(degree.get(node.id) ?? 1);
      const wide = Math.min(46, 8 + 5 * weight);
      const tall = Math.min(15, 9.5 + 0.8 * weight);
      const data = { ...node, short: clip(node.label), weight, wide, tall, size: wide, letters: tall, room: 112 };
      return { data };
    }),
    ...edges.map((edge) => ({
      data: { ...edge, ...thicken(edge) },
    })),
  ];
}

/** Keeps things and letters as large on the screen as they should be, however far the zoom. */
function fitToZoom(cy) {
  const scale = 1 / cy.zoom();
  cy.batch(() => cy.nodes().forEach((node) => {
    const { wide, tall } = node.data();
    node.data({ size: wide * scale ** 0.8, letters: tall * scale, room: 112 * scale });
  }));
  cy.batch(() => cy.edges().forEach((edge) => {
    edge.data({ width: edge.data("thick") * scale ** 0.8, small: 10.5 * scale });
  }));
  spreadLabels(cy);
}

/** Hides the labels of lesser things where they would lie on greater ones or on their labels. */
function spreadLabels(cy) {
  const taken = [];
  const clash = (a, b) => a.x1 < b.x2 + GAP && b.x1 < a.x2 + GAP && a.y1 < b.y2 && b.y1 < a.y2;
  const nodes = cy.nodes(":visible").toArray();
  const discs = nodes.map((node) => {
    const { x, y } = node.position();
    const half = node.data("size") * 0.35;
    return { weight: node.data("weight"), x1: x - half, x2: x + half, y1: y - half, y2: y + half };
  });
  nodes.sort((a, b) => b.data("weight") - a.data("weight") || (a.id() < b.id() ? -1 : 1));
  cy.batch(() => {
    for (const node of nodes) {
      node.removeClass("quiet");
      const { letters, short, room, size, weight } = node.data();
      const { x, y } = node.position();
      const long = short.length * letters * 0.58;
      const half = Math.min(room, long) / 2;
      const rows = Math.ceil(long / (0.9 * room));
      const top = y + size / 2 + 4;
      const box = { x1: x - half, x2: x + half, y1: top, y2: top + rows * letters * 1.25 };
      const covers = discs.some((disc) => disc.weight > weight && clash(disc, box));
      if (covers || taken.some((each) => clash(each, box))) node.addClass("quiet");
      else taken.push(box);
    }
  });
}

/** The length of an edge: between two things of many edges there must be room for the others. */
function giveRoom(edge) {
  return 50 + 44 * Math.min(edge.source().data("weight"), edge.target().data("weight"));
}

export function draw(host, data, { peek, choose }) {
  const kinds = [...new Set(data.nodes.map((node) => node.kind))]
    .filter((kind) => /^[A-Za-z]+$/.test(kind));
  keepStylesOut();
  const cy = cytoscape({
    container: host, elements: makeElements(data), style: makeStyle(host, kinds),
    minZoom: 0.1, maxZoom: 4,
  });
  withSeed(() => cy.layout({
    name: "fcose", quality: "proof", randomize: true, animate: false, nodeSeparation: 110,
    idealEdgeLength: giveRoom, nodeRepulsion: (node) => 9000 + 9000 * node.data("weight"),
    edgeElasticity: 0.3, gravity: 0.2, packComponents: true, padding: 24,
  }).run());
  fit();
  fitToZoom(cy);
  let waiting = 0;
  cy.on("zoom", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => fitToZoom(cy), 90);
  });
  const byClaim = new Map();
  cy.edges().forEach((edge) => {
    for (const key of edge.data("claims")) byClaim.set(key, edge);
  });

  /** Shows all of it, below the legend and with room for the names. */
  function fit() {
    cy.fit(cy.elements(":visible"), 44);
    cy.panBy({ x: 0, y: 14 });
  }

  const describe = (edge) => ({
    claims: edge.data("claims"),
    triple: [edge.data("source"), edge.data("relation"), edge.data("target")],
  });
  cy.on("mouseover", "node", (event) => peek({ thing: event.target.id() }));
  cy.on("mouseover", "edge", (event) => {
    const chosen = describe(event.target);
    peek(chosen);
    if (!chosen.claims.length) lightEdges(event.target);
  });
  cy.on("mouseout", "node, edge", () => peek(null));
  cy.on("tap", "node", (event) => choose({ thing: event.target.id() }));
  cy.on("tap", "edge", (event) => {
    choose(describe(event.target));
    if (!event.target.data("claims").length) lightEdges(event.target);
  });
  cy.on("tap", (event) => event.target === cy && choose(null));
  cy.on("dbltap", "node", (event) => {
    const { href } = event.target.data();
    if (href) location.assign(href);
  });

  function lightEdges(edges) {
    cy.batch(() => {
      cy.elements().removeClass("hot near").addClass("dim");
      edges.removeClass("dim").addClass("hot");
      edges.connectedNodes().removeClass("dim").addClass("hot");
    });
  }

  function light(chosen) {
    cy.batch(() => {
      cy.elements().removeClass("hot near dim");
      if (chosen === null) return;
      if (chosen.thing) {
        const node = cy.getElementById(chosen.thing);
        if (node.empty()) return;
        cy.elements().addClass("dim");
        node.closedNeighborhood().removeClass("dim").addClass("near");
        node.addClass("hot");
        node.connectedEdges().addClass("hot");
        return;
      }
      let edges = cy.collection();
      for (const key of chosen.claims) if (byClaim.has(key)) edges = edges.union(byClaim.get(key));
      if (edges.nonempty()) lightEdges(edges);
    });
  }

  function filter(isShown, all) {
    cy.batch(() => {
      cy.elements().removeClass("gone");
      if (all) return;
      cy.edges().forEach((edge) => {
        edge.toggleClass("gone", !edge.data("claims").some(isShown));
      });
      cy.nodes().forEach((node) => {
        node.toggleClass("gone", node.connectedEdges().not(".gone").empty());
      });
    });
    spreadLabels(cy);
  }

  return {
    cy,
    light,
    filter,
    fit,
    restyle: () => cy.style(makeStyle(host, kinds)),
  };
}
