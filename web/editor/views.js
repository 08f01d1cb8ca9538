// The views of answers in the editor: what the server draws, fetched for the view that is chosen.

const RAW = { SELECT: "json", ASK: "json", CONSTRUCT: "ttl", DESCRIBE: "ttl" };
const MOST_RAW = 200_000;
const ICONS = {
  table: "M1 3h14v10H1zM1 6.5h14M1 10h14M6 3v10",
  graph: "M3.5 12.5 8 4l4.5 7.5zM3.5 12.5h.01M8 4h.01M12.5 11.5h.01",
  timeline: "M1 13h14M4 13V8M8 13V4M12 13V9.5",
  map: "M1 4l4.5-2 5 2L15 2v10l-4.5 2-5-2L1 14zM5.5 2v10M10.5 4v10",
  response: "M2 4h12M2 8h8M2 12h10",
};

const answers = new WeakMap();

/** The view that a tab shows or would show. */
export function tellView(tab) {
  const name = tab?.getYasr()?.getSelectedPluginName() ?? "table";
  return name in ICONS && name !== "response" ? name : "table";
}

function parsePage(text) {
  // What is parsed so runs no script and loads nothing.
  return new DOMParser().parseFromString(text, "text/html");
}

/** What the server answered, taken apart once. */
function readAnswer(yasr) {
  const { results } = yasr;
  if (!results || results.hasError()) return null;
  if (!answers.has(results)) {
    const page = parsePage(results.getOriginalResponseAsString());
    const section = page.querySelector("#answers") ?? page.body;
    const view = section.querySelector(".view");
    answers.set(results, {
      count: view?.dataset.count,
      places: new Map([...section.querySelectorAll(".views a")].map((link) => [link.dataset.view, link.getAttribute("href")])),
      query: page.querySelector("#query")?.value ?? "",
      sections: new Map([[view?.dataset.view ?? "table", section]]),
      views: view?.dataset.views.split(" ") ?? ["table"],
    });
  }
  return answers.get(results);
}

function makeIcon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  const box = document.createElement("div");
  box.append(svg);
  return box;
}

async function fetchPage(place) {
  const reply = await fetch(place, { headers: { Accept: "text/html" } });
  const page = parsePage(await reply.text());
  return page.querySelector("#answers") ?? page.body;
}

class View {
  priority = 1;
  hideFromSelection = false;

  constructor(yasr) {
    this.yasr = yasr;
  }

  getIcon() {
    return makeIcon(this.constructor.view);
  }

  canHandleResults() {
    return readAnswer(this.yasr)?.views.includes(this.constructor.view) ?? false;
  }

  async draw() {
    const { view, endpoint } = this.constructor;
    const answer = readAnswer(this.yasr);
    if (!answer.sections.has(view)) {
      answer.sections.set(view, await fetchPage(new URL(answer.places.get(view), endpoint)));
    }
    this.place(answer.sections.get(view));
  }

  place(section) {
    const { endpoint, showView } = this.constructor;
    const box = document.createElement("div");
    box.append(...[...section.children].map((child) => document.importNode(child, true)));
    this.yasr.resultsEl.replaceChildren(box);
    box.querySelectorAll(".view").forEach((view) => showView(view));
    for (const link of box.querySelectorAll(".paging a")) {
      link.addEventListener("click", async (event) => {
        event.preventDefault();
        this.place(await fetchPage(new URL(link.getAttribute("href"), endpoint)));
        this.yasr.rootEl.scrollIntoView({ block: "start" });
      });
    }
  }
}

class Response extends View {
  priority = 0;

  canHandleResults() {
    return readAnswer(this.yasr) !== null;
  }

  async draw() {
    const { endpoint } = this.constructor;
    const { query } = readAnswer(this.yasr);
    const form = /\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b/i.exec(query.replace(/#.*|<[^>\s]*>/g, ""));
    const place = new URL(endpoint);
    place.search = new URLSearchParams({ query, format: RAW[form?.[1].toUpperCase()] ?? "json" });
    const reply = await fetch(place);
    const text = await reply.text();
    const raw = document.createElement("pre");
    raw.className = "raw";
    raw.tabIndex = 0;
    raw.textContent = text.length > MOST_RAW ? `${text.slice(0, MOST_RAW)}\n… (${text.length} characters; download it for all)` : text;
    this.yasr.resultsEl.replaceChildren(raw);
  }
}

/** Puts our views in the place of YASR's own, which would draw answers as HTML. */
export function registerViews(Yasr, { endpoint, showView }) {
  for (const name of Object.keys(ICONS)) {
    const Kind = name === "response" ? Response : View;
    const label = name[0].toUpperCase() + name.slice(1);
    Yasr.registerPlugin(name, class extends Kind {
      static view = name;
      static endpoint = endpoint;
      static showView = showView;
      label = label;
      priority = name === "table" ? 2 : name === "response" ? 0 : 1;
    });
  }
  delete Yasr.defaults.plugins.boolean;
  Yasr.defaults.pluginOrder = Object.keys(ICONS);
  const select = Yasr.prototype.selectPlugin;
  Yasr.prototype.selectPlugin = function (name) {
    if (this.results && this.plugins[name] && !this.plugins[name].canHandleResults()) return;
    select.call(this, name);
    document.dispatchEvent(new CustomEvent("concord-view", { detail: this }));
  };
  const update = Yasr.prototype.updatePluginSelectors;
  Yasr.prototype.updatePluginSelectors = function (enabled) {
    update.call(this, enabled);
    for (const button of this.headerEl.querySelectorAll(".yasr_btnGroup button")) {
      button.disabled = button.classList.contains("disabled");
      button.setAttribute("aria-pressed", String(button.classList.contains("selected")));
    }
  };
  Yasr.prototype.updateResponseInfo = function () {
    const time = this.results?.getResponseTime();
    this.dataElement.classList.toggle("empty", !time);
    this.dataElement.textContent = time ? `in ${time / 1000} s` : "";
  };
}
