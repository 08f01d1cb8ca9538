// The slider of years: two handles above a picture of how much is dated to which year.
import { make } from "./dom.js";
import { listYears } from "./model.js";

const SVG = "http://www.w3.org/2000/svg";

/** The years that edges are dated to, with how often; open ends count at their beginning. */
export function countYears(edges) {
  const counts = new Map();
  for (const edge of edges) {
    for (const span of listYears(edge)) {
      if (span === null) continue;
      for (const year of new Set([span[0], Number.isFinite(span[1]) ? span[1] : span[0]])) {
        counts.set(year, (counts.get(year) ?? 0) + 1);
      }
    }
  }
  return counts;
}

/** Fills a place with the slider; it stays hidden where fewer than two years are told. */
export function makeTimes(place, edges, change) {
  const counts = countYears(edges);
  const years = [...counts.keys()].sort((a, b) => a - b);
  place.replaceChildren();
  place.hidden = years.length < 2;
  if (place.hidden) return { read: () => ({ years: null, undated: true }), reset: () => {} };
  const [first, last] = [years[0], years.at(-1)];
  const input = (label, value) =>
    make("input", { type: "range", min: first, max: last, step: 1, value, "aria-label": label });
  const from = input("From year", first);
  const to = input("To year", last);
  const told = make("output", { class: "years-told" });
  const undated = make("input", { type: "checkbox", checked: true });
  const pair = make("div", { class: "range-pair" }, drawBars(counts, first, last), from, to);
  place.setAttribute("aria-label", "Years");
  place.append(
    told, pair,
    make("label", { class: "undated" }, undated, " undated too"),
  );
  const read = () => {
    const span = [Number(from.value), Number(to.value)];
    const whole = span[0] === first && span[1] === last;
    return { years: whole && undated.checked ? null : span, undated: undated.checked };
  };
  const tell = () => {
    const [low, high] = [Number(from.value), Number(to.value)];
    told.textContent = low === high ? String(low) : `${low} – ${high}`;
    const part = (value) => `${(100 * (value - first)) / (last - first)}%`;
    pair.style.setProperty("--from", part(low));
    pair.style.setProperty("--to", part(high));
  };
  from.addEventListener("input", () => {
    if (Number(from.value) > Number(to.value)) from.value = to.value;
  });
  to.addEventListener("input", () => {
    if (Number(to.value) < Number(from.value)) to.value = from.value;
  });
  for (const field of [from, to, undated]) {
    field.addEventListener("input", () => {
      tell();
      change();
    });
  }
  const reset = () => {
    [from.value, to.value, undated.checked] = [first, last, true];
    tell();
  };
  tell();
  return { read, reset };
}

function drawBars(counts, first, last) {
  const picture = document.createElementNS(SVG, "svg");
  const span = last - first;
  const most = Math.max(...counts.values());
  for (const [name, value] of Object.entries({
    viewBox: "0 0 1000 100", preserveAspectRatio: "none", "aria-hidden": "true", class: "bars",
  })) picture.setAttribute(name, value);
  const wide = Math.max(4, Math.min(24, 700 / (span + 1)));
  for (const [year, count] of counts) {
    const bar = document.createElementNS(SVG, "rect");
    const high = 100 * Math.sqrt(count / most);
    const x = (1000 - wide) * ((year - first) / span);
    for (const [name, value] of Object.entries({ x, y: 100 - high, width: wide, height: high })) {
      bar.setAttribute(name, value);
    }
    picture.append(bar);
  }
  return picture;
}
