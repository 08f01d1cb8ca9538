// Brings the answers to life: tables are sorted and filtered, graphs and maps are drawn.

const FEW = 8;

/** What a cell is compared by: a number where all of it is one, else its words. */
function readCell(cell) {
  const text = cell?.textContent.trim() ?? "";
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text.toLowerCase();
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

function sortBy(table, heading, column) {
  const falling = heading.getAttribute("aria-sort") === "ascending";
  for (const each of heading.parentElement.children) each.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [readCell(row.cells[column]), row]);
  const sign = falling ? -1 : 1;
  // What is empty comes last either way.
  rows.sort(([a], [b]) => (a === "") - (b === "") || sign * compare(a, b));
  body.append(...rows.map(([, row]) => row));
}

function enliven(view) {
  const table = view.querySelector("table.results");
  if (!table || table.tBodies[0].rows.length < FEW || view.querySelector(".table-tools")) return;
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sortBy(table, heading, column));
    heading.append(button);
  });
  const tools = document.createElement("div");
  const field = document.createElement("input");
  const told = document.createElement("output");
  tools.className = "table-tools";
  field.type = "search";
  field.placeholder = "Filter these rows";
  field.setAttribute("aria-label", "Filter these rows");
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
      shown += !row.hidden;
    }
    told.value = wanted ? `${shown} of ${table.tBodies[0].rows.length}` : "";
  });
  tools.append(field, told);
  view.prepend(tools);
}

/** Lights the entries of a list, shows the first, and lets go of the others. */
function lightEntries(list, entries, scroll) {
  for (const entry of list.children) entry.classList.toggle("lit", entries.includes(entry));
  if (scroll && entries.length) {
    list.scrollTo({ top: entries[0].offsetTop - 8, behavior: "smooth" });
  }
}

async function drawGraph(view, picture) {
  const { draw } = await import(view.dataset.graphScript);
  const list = picture.querySelector(".picture-list");
  const data = JSON.parse(picture.dataset.graph);
  picture.classList.add("is-drawn");
  const panel = picture.querySelector(".graph");
  const entries = new Map([...list.children].map((entry) => [entry.dataset.row, entry]));
  const at = new Map();
  for (const edge of data.edges) {
    for (const end of [edge.source, edge.target]) {
      at.set(end, [...(at.get(end) ?? []), ...edge.claims]);
    }
  }
  const pick = (chosen) => {
    if (!chosen) return [];
    const rows = chosen.thing ? at.get(chosen.thing) ?? [] : chosen.claims ?? [];
    return rows.map((row) => entries.get(row)).filter(Boolean);
  };
  let held = null;
  const show = (chosen, scroll) => {
    graph.light(chosen);
    lightEntries(list, pick(chosen), scroll);
  };
  const graph = await draw(panel, data, {
    peek: (chosen) => show(chosen ?? held, false),
    choose: (chosen) => {
      held = chosen;
      show(chosen, true);
    },
  });
  for (const [row, entry] of entries) {
    const peek = () => show({ claims: [row] }, false);
    entry.addEventListener("mouseenter", peek);
    entry.addEventListener("focusin", peek);
    entry.addEventListener("mouseleave", () => show(held, false));
    entry.addEventListener("focusout", () => show(held, false));
  }
  document.addEventListener("concord-theme", () => graph.restyle());
}

/** Brings in a style, and goes on once it is there or cannot be had. */
export function loadStyle(place) {
  return new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = place;
    link.addEventListener("load", resolve);
    link.addEventListener("error", resolve);
    document.head.append(link);
  });
}

async function drawMap(view, picture) {
  const [{ drawPlaces }] = await Promise.all([
    import(view.dataset.mapScript),
    loadStyle(view.dataset.mapStyle),
  ]);
  picture.classList.add("is-drawn");
  const list = picture.querySelector(".picture-list");
  drawPlaces(picture.querySelector(".canvas"), list, (entries, scroll) => lightEntries(list, entries, scroll));
}

/** Brings one view to life; the editor of queries calls it for each that it gets. */
export function showView(view) {
  if (!view) return;
  enliven(view);
  const graph = view.querySelector("[data-graph]");
  const map = view.querySelector("[data-map]");
  if (graph && view.dataset.graphScript) drawGraph(view, graph);
  if (map && view.dataset.mapScript) drawMap(view, map);
}

// Where the editor comes, it takes the answers as the server wrote them.
if (!document.querySelector("#editor")?.dataset.editorScript) {
  document.querySelectorAll(".view").forEach((view) => showView(view));
}
