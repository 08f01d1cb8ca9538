// Fields that offer what they may be filled with: names of the graph, or the entries of a list.
// They are comboboxes as WAI-ARIA describes them; without this they are plain text fields.

const PAUSE = 120;
const MOST = 12;
const NARROWEST = 220;

let count = 0;

/** An element with attributes and children, of which strings become text. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The label with what was typed marked in it. */
function markTyped(label, typed) {
  const at = label.toLowerCase().indexOf(typed.toLowerCase());
  if (!typed || at < 0) return [label];
  const end = at + typed.length;
  return [label.slice(0, at), make("mark", {}, label.slice(at, end)), label.slice(end)];
}

/** What the graph has that begins with what was typed. */
async function searchNames(typed, signal) {
  if (!typed) return [];
  const place = new URL("../search", import.meta.url);
  place.search = new URLSearchParams({ prefix: typed, limit: MOST });
  const reply = await fetch(place, { signal });
  if (!reply.ok) return [];
  const { hits } = await reply.json();
  const named = hits.filter((hit) => hit.label);
  return named.map(({ label, type, iri, snippet }) => ({
    // A name that several things have would ask for all of them.
    value: named.some((hit) => hit.label === label && hit.iri !== iri) ? iri : label,
    label,
    kind: type,
    hint: snippet && snippet !== label ? snippet : "",
  }));
}

/** The entries of a list that have what was typed in their name or in words. */
function searchList(entries, typed) {
  const wanted = typed.toLowerCase();
  const fits = ({ value, label }) => `${value} ${label}`.toLowerCase().includes(wanted);
  const begins = ({ value, label }) => [value, label].some((text) => text.toLowerCase().startsWith(wanted));
  const found = entries.filter(fits);
  return [...found.filter(begins), ...found.filter((entry) => !begins(entry))];
}

/** Makes a combobox of a field. */
export function attach(field) {
  const number = ++count;
  const box = make("ul", { id: `options-${number}`, class: "options", role: "listbox", hidden: "" });
  box.setAttribute("aria-label", field.labels?.[0]?.textContent.trim() ?? "suggestions");
  field.after(box);
  const source = field.getAttribute("list");
  const entries = [...(source ? document.getElementById(source)?.options ?? [] : [])]
    .map((option) => ({ value: option.value, label: option.textContent }));
  field.removeAttribute("list");
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": box.id,
  })) field.setAttribute(name, value);

  let offered = [];
  let chosen = -1;
  let timer = 0;
  let asking = null;

  function close() {
    clearTimeout(timer);
    asking?.abort();
    box.hidden = true;
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function point(place) {
    box.children[chosen]?.setAttribute("aria-selected", "false");
    chosen = place;
    const option = box.children[chosen];
    if (!option || !offered.length) {
      field.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  }

  function take(place) {
    field.value = offered[place].value;
    close();
    field.focus();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function show(found, typed) {
    offered = found;
    chosen = -1;
    box.replaceChildren(...found.map(({ value, label, kind, hint }, place) => {
      const option = make("li", { id: `${box.id}-${place}`, role: "option", "aria-selected": "false" });
      const text = make("span", {}, ...markTyped(label || value, typed));
      if (hint) text.append(" ", make("span", { class: "hint" }, hint));
      option.append(text);
      if (kind) option.append(make("span", { class: `badge kind-${String(kind).replace(/\W/g, "")}` }, kind));
      else if (label && value !== label) option.append(make("span", { class: "hint" }, value));
      // Before the field loses the focus, and with it the list.
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(place);
      });
      option.addEventListener("mousemove", () => chosen !== place && point(place));
      return option;
    }));
    if (!found.length) {
      if (!typed) return close();
      const none = make("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" });
      none.append("Nothing in the graph has a name that begins so.");
      box.append(none);
    }
    box.style.top = `${field.offsetTop + field.offsetHeight}px`;
    box.style.left = `${field.offsetLeft}px`;
    box.style.width = `${Math.max(field.offsetWidth, NARROWEST)}px`;
    box.hidden = false;
    field.setAttribute("aria-expanded", "true");
    field.removeAttribute("aria-activedescendant");
  }

  async function offer(everything = false) {
    const typed = everything ? "" : field.value.trim();
    if (entries.length) return show(searchList(entries, typed), typed);
    asking?.abort();
    asking = new AbortController();
    try {
      const found = await searchNames(typed, asking.signal);
      if (document.activeElement === field) show(found, typed);
    } catch (error) {
      // Whoever types on, or leaves the page, has asked for the end of the last search.
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(offer, entries.length ? 0 : PAUSE);
  });
  field.addEventListener("keydown", async (event) => {
    const last = offered.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (box.hidden) await offer(event.altKey || !field.value.trim());
      if (event.altKey || !offered.length) return;
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = chosen + step;
      point(next < 0 ? last : next > last ? 0 : next);
    } else if (event.key === "Enter" && !box.hidden && chosen >= 0) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === "Escape" && !box.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Tab") {
      close();
    }
  });
  field.addEventListener("click", () => entries.length && box.hidden && offer(true));
  field.addEventListener("blur", close);
}

document.querySelectorAll("input[data-picker]").forEach(attach);
