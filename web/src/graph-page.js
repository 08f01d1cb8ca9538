// The page of a graph: fetches it, has it drawn, and filters it by what its claims say.
const page = document.getElementById("graph-page");
const panel = document.getElementById("graph-panel");
const note = document.getElementById("graph-note");
const box = document.getElementById("graph-filters");
const form = box.querySelector("form");
const told = document.getElementById("graph-shown");

function countBy(pairs) {
  const found = new Map();
  for (const [value, label, count] of pairs) {
    const known = found.get(value) ?? { label, count: 0 };
    known.count += count;
    found.set(value, known);
  }
  return [...found].sort((a, b) => a[1].label.localeCompare(b[1].label));
}

function fillFilters({ nodes, edges }) {
  const said = edges.flatMap((edge) => (edge.said ?? []).map((each) => [edge, each]));
  if (!said.length) return;
  const kinds = new Map(nodes.map((node) => [node.id, node.kind]));
  const ofSaid = (index, none) => said.map(([, each]) => [each[index] ?? "-", each[index] ?? none, each[5]]);
  const choices = {
    holder: countBy(ofSaid(0, "the articles themselves")),
    modality: countBy(ofSaid(1, "-")),
    polarity: countBy(ofSaid(2, "-")),
    relation: countBy(edges.map((edge) => [edge.relation, edge.label, edge.count])),
    type: countBy(edges.flatMap((edge) => [...new Set([edge.source, edge.target].map((end) => kinds.get(end)))]
      .map((kind) => [kind, kind, edge.count]))),
  };
  for (const [name, found] of Object.entries(choices)) {
    const { value: chosen } = form.elements[name];
    form.elements[name].length = 1;
    for (const [value, { label, count }] of found) {
      form.elements[name].append(new Option(`${label} (${count})`, value));
    }
    form.elements[name].value = chosen;
  }
  box.hidden = false;
}

function showKinds(nodes) {
  const list = document.getElementById("graph-kinds");
  const counts = countBy(nodes.map((node) => [node.kind, node.kind, 1]));
  list.replaceChildren();
  for (const [kind] of counts.sort((a, b) => b[1].count - a[1].count)) {
    const item = document.createElement("li");
    item.textContent = kind;
    if (/^[A-Za-z]+$/.test(kind)) item.className = `kind-${kind}`;
    list.append(item);
  }
  list.hidden = false;
}

function listen(graph, { nodes }) {
  const filter = () => {
    const kinds = new Map(nodes.map((node) => [node.id, node.kind]));
    const wanted = Object.fromEntries(new FormData(form));
    const any = Object.values(wanted).some(Boolean);
    const fits = (edge, said) =>
      (!wanted.relation || edge.relation === wanted.relation)
      && (!wanted.type || kinds.get(edge.source) === wanted.type || kinds.get(edge.target) === wanted.type)
      && ["holder", "modality", "polarity"].every((name, index) =>
        !wanted[name] || (said && (said[index] ?? "-") === wanted[name]));
    graph.filterSaid(any ? fits : null);
    told.textContent = any ? `${panel.dataset.shown} lines shown` : "";
  };
  form.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  document.addEventListener("concord-theme", () => graph.restyle());
}

async function show() {
  const { graph: place, graphScript } = page.dataset;
  if (!place || !graphScript) {
    note.textContent = place ? "The scripts of the graph are not installed." : "";
    return;
  }
  try {
    const [{ draw }, answer] = await Promise.all([import(graphScript), fetch(place)]);
    if (!answer.ok) throw new Error((await answer.text()).trim());
    const data = await answer.json();
    if (!data.nodes.length) {
      note.textContent = "There is nothing to draw.";
      return;
    }
    const tell = () => {
      note.textContent = `${data.nodes.length} things, ${data.edges.length} edges`
        + (data.left_out ? `; ${data.left_out} lesser things are left out` : "");
      showKinds(data.nodes);
      fillFilters(data);
    };
    tell();
    panel.addEventListener("concord-grown", tell);
    listen(await draw(panel, data), data);
  } catch (error) {
    panel.hidden = true;
    note.textContent = `The graph could not be drawn: ${error.message}`;
  }
}

show();
