// The drawing as plain shapes, for whoever writes it down.
import { FAINT, dashes, family } from "./look.js";
import { layLead, layLines, typeset } from "./names.js";
import { bendsOf, tipOf } from "./overlay.js";
import { describeBundle } from "./model.js";

const WORDS = { unsure: "not asserted" };

/** The lines, discs and names that are shown, in pixels of the panel. */
export function makeScene(drawing, title) {
  const { colours, model, overlay } = drawing;
  const shown = overlay.ranked.filter((thing) => thing.shown).reverse();
  return {
    title, family, width: overlay.width, height: overlay.height, ground: colours.ground,
    ink: colours.ink,
    lines: [...model.bundles.values()].filter((bundle) => bundle.shown)
      .map((bundle) => makeLine(drawing, bundle)).filter((line) => line !== null),
    discs: shown.map((thing) => ({
      ...drawing.locate(thing.id), colour: colours.kind(thing.kind), title: thing.label,
    })),
    names: shown.filter((thing) => overlay.names.has(thing.id)).map((thing) => {
      const name = overlay.names.get(thing.id);
      const at = drawing.locate(thing.id);
      const { size, weight } = typeset(thing);
      const rows = layLines(thing, { ...name, x: at.x + name.x, y: at.y + name.y });
      return { size, weight, align: name.align, rows, lead: layLead(name, at) };
    }),
  };
}

function makeLine(drawing, bundle) {
  const line = drawing.trace(bundle);
  if (line === null) return null;
  const path = ["M", line.from.x, line.from.y];
  for (const [bend, end] of bendsOf(line)) path.push("Q", bend.x, bend.y, end.x, end.y);
  const { left, right } = tipOf(line, 4 + 1.9 * line.width);
  const faint = bundle.look === "background";
  return {
    path, colour: drawing.colours.lines[bundle.look], width: line.width,
    dashes: dashes(bundle.look, line.width), opacity: faint ? FAINT : 1,
    tip: faint ? null : [line.to, left, right],
    title: `${bundle.source.label} ${describeBundle(bundle)} ${bundle.target.label} (${WORDS[bundle.look] ?? bundle.look})`,
  };
}
