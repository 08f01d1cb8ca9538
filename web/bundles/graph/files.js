// What is shown as SVG and as GraphML, written by hand from what it is and where it lies.

const FORBIDDEN = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** A text as XML holds it, in elements and attributes. */
export function escape(text) {
  return String(text).replace(FORBIDDEN, "\ufffd").replace(/[&<>"']/g, (sign) => SIGNS[sign]);
}

const round = (number) => String(Math.round(100 * number) / 100);

/**
 * An SVG of lines, discs and names.
 *
 * @param scene {title, width, height, ground, ink, family, lines, discs, names} in pixels; a line
 *   as {path, colour, width, dashes, opacity, tip, title}, a disc as {x, y, r, colour, title}, a
 *   name as {size, weight, align, rows: [{text, x, y}], lead: {from, to} or null}.
 */
export function writeSvg(scene) {
  const { title, width, height, ground, ink, family } = scene;
  const anchors = { left: "start", right: "end", center: "middle" };
  const lines = scene.lines.map((line) => {
    const look = [
      `stroke="${escape(line.colour)}"`, `stroke-width="${round(line.width)}"`,
      line.dashes.length ? `stroke-dasharray="${line.dashes.map(round).join(" ")}"` : "",
      line.opacity < 1 ? `opacity="${round(line.opacity)}"` : "",
    ].filter(Boolean).join(" ");
    const tip = line.tip
      ? `<polygon points="${line.tip.map(({ x, y }) => `${round(x)},${round(y)}`).join(" ")}" `
        + `fill="${escape(line.colour)}"/>`
      : "";
    const path = line.path.map((part) => (typeof part === "string" ? part : round(part))).join(" ");
    return `<g><title>${escape(line.title)}</title><path d="${path}" fill="none" ${look}/>${tip}</g>`;
  });
  const discs = scene.discs.map(({ x, y, r, colour, title: told }) =>
    `<circle cx="${round(x)}" cy="${round(y)}" r="${round(r)}" fill="${escape(colour)}" `
    + `stroke="${escape(ground)}" stroke-width="1.5"><title>${escape(told)}</title></circle>`);
  const leads = scene.names.filter(({ lead }) => lead).map(({ lead: { from, to } }) =>
    `<line x1="${round(from.x)}" y1="${round(from.y)}" x2="${round(to.x)}" y2="${round(to.y)}" `
    + `stroke="${escape(ink)}"/>`);
  const names = scene.names.map(({ size, weight, align, rows }) => {
    const spans = rows.map(({ text, x, y }) =>
      `<tspan x="${round(x)}" y="${round(y + 0.35 * size)}">${escape(text)}</tspan>`);
    return `<text font-size="${round(size)}" font-weight="${weight}" `
      + `text-anchor="${anchors[align]}">${spans.join("")}</text>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" `
      + `viewBox="0 0 ${round(width)} ${round(height)}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<rect width="100%" height="100%" fill="${escape(ground)}"/>`,
    `<g>${lines.join("\n")}</g>`,
    `<g>${discs.join("\n")}${leads.join("\n")}</g>`,
    `<g font-family="${escape(family)}" fill="${escape(ink)}" stroke="${escape(ground)}" `
      + `stroke-width="3" stroke-linejoin="round" paint-order="stroke">${names.join("\n")}</g>`,
    "</svg>", "",
  ].join("\n");
}

const KEYS = [
  ["node", "label", "string"], ["node", "type", "string"], ["edge", "label", "string"],
  ["edge", "relation", "string"], ["edge", "status", "string"], ["edge", "weight", "double"],
  ["edge", "since", "string"], ["edge", "until", "string"],
];

/** GraphML of things {id, label, kind} and edges {source, target, label, …}; parallel edges stay. */
export function writeGraphml(things, edges, count) {
  const data = (about, name, value) =>
    value === null || value === undefined || value === ""
      ? "" : `<data key="${about}-${name}">${escape(value)}</data>`;
  const span = (edge, index) => {
    const said = (edge.said ?? []).map((each) => each[3 + index]).filter(Boolean).sort();
    return edge.span?.[index] ?? (index === 0 ? said[0] : said.at(-1));
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...KEYS.map(([about, name, type]) =>
      `<key id="${about}-${name}" for="${about}" attr.name="${name}" attr.type="${type}"/>`),
    '<graph edgedefault="directed">',
    ...things.map(({ id, label, kind }) =>
      `<node id="${escape(id)}">${data("node", "label", label)}${data("node", "type", kind)}</node>`),
    ...edges.map((edge) =>
      `<edge source="${escape(edge.source)}" target="${escape(edge.target)}">`
      + data("edge", "label", edge.label) + data("edge", "relation", edge.relation)
      + data("edge", "status", edge.state) + data("edge", "weight", count(edge))
      + data("edge", "since", span(edge, 0)) + data("edge", "until", span(edge, 1)) + "</edge>"),
    "</graph>", "</graphml>", "",
  ].join("\n");
}
