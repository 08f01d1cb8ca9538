// The edges of the graph that no claim states, as a list: what follows, and what was known before.

function link({ label, href, kind }) {
  const end = document.createElement(href ? "a" : "span");
  end.className = "thing";
  if (/^[A-Za-z]+$/.test(kind)) end.classList.add(`kind-${kind}`);
  end.textContent = label;
  if (href) end.href = href;
  return end;
}

function describe(edge, things, locateWhy) {
  const [subject, object] = [edge.source, edge.target].map((id) => things.get(id) ?? { label: id });
  const item = document.createElement("li");
  item.className = `is-${edge.state}`;
  const relation = document.createElement("span");
  relation.className = "relation";
  relation.textContent = edge.label;
  const why = document.createElement("a");
  why.className = "why";
  why.href = locateWhy(edge.source, edge.relation, edge.target);
  why.textContent = "Why?";
  why.setAttribute("aria-label", `Why? ${subject.label} ${edge.label} ${object.label}`);
  item.append(link(subject), " ", relation, " ", link(object), " ", why);
  return item;
}

/** Fills a section with the edges of a graph that stand on no card; it stays hidden if none do. */
export function listEdges(section, { nodes, edges }, locateWhy) {
  const things = new Map(nodes.map((node) => [node.id, node]));
  const rest = edges.filter((edge) => !edge.claims.length);
  for (const [state, words] of [["inferred", "What follows"], ["background", "What was known before"]]) {
    const found = rest.filter((edge) => edge.state === state);
    if (!found.length) continue;
    const box = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = `${words} (${found.length})`;
    const list = document.createElement("ul");
    list.append(...found.map((edge) => describe(edge, things, locateWhy)));
    box.append(summary, list);
    section.append(box);
    section.hidden = false;
  }
}
