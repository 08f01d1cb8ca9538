// How the graph looks: the colours and the font of the page.

const FAMILY = '"Inter Variable", Inter, system-ui, sans-serif';
const LINES = { unsure: [1.5, 3.5], inferred: [7, 4] };
export const FAINT = 0.5;

/** The colours of the page as it is now, by name and by kind of thing. */
export function readColours(host) {
  const style = getComputedStyle(host);
  const colour = (name) => style.getPropertyValue(name).trim();
  const probe = document.createElement("i");
  probe.hidden = true;
  host.append(probe);
  const kinds = new Map();
  const kind = (name) => {
    if (!kinds.has(name)) {
      probe.className = /^[A-Za-z]+$/.test(name) ? `kind-${name}` : "";
      host.append(probe);
      kinds.set(name, getComputedStyle(probe).getPropertyValue("--kind").trim() || colour("--muted"));
      probe.remove();
    }
    return kinds.get(name);
  };
  probe.remove();
  const lines = {
    asserted: colour("--line-asserted"), reported: colour("--reported"), unsure: colour("--unsure"),
    denied: colour("--denied"), inferred: colour("--line-inferred"), background: colour("--line-asserted"),
  };
  const [ground, ink, muted, accent] = ["--ground", "--ink", "--muted", "--accent"].map(colour);
  return { ground, ink, muted, accent, lines, kind };
}

/** The dashes of a line, empty where it has none, for a stroke of some width. */
export function dashes(look, width = 1) {
  const pattern = LINES[look] ?? [];
  return pattern.map((part) => part * Math.max(1, 0.6 * width));
}

export const font = (size, weight = 500) => `${weight} ${size}px ${FAMILY}`;
export const family = FAMILY;

/** Waits for the font of the names, so that they are measured and drawn with it; not for ever. */
export async function loadFont() {
  const patience = new Promise((resolve) => setTimeout(resolve, 1500));
  const loads = [500, 600].map((weight) => document.fonts.load(font(12, weight), "Names"));
  await Promise.race([Promise.all(loads).catch(() => {}), patience]);
}

/** How wide the disc of a thing is, and how large its name, in pixels of the screen. */
export const discOf = (weight) => Math.min(44, 7 + 4.6 * weight);
export const lettersOf = (weight) => Math.min(15, 10.6 + 0.62 * weight);
export const lineOf = (count) => Math.min(8, 0.5 + 0.95 * Math.sqrt(count));
