// The editor of queries: YASGUI with completion from our ontology and names, fixed to this server.
// Answers are drawn by the server, as for the questions; here they are only fetched and placed.
import Yasgui from "@zazuko/yasgui";
import { declarePrefixes, registerCompleters } from "../editor/completing.js";
import { registerViews, tellView } from "../editor/views.js";
import { tellErrors } from "../editor/errors.js";
import { mendTabs } from "../editor/tabs.js";

const { Yasqe, Yasr } = Yasgui;
const PAGE = "text/html";
const MONTH = 2592000;
const BLANK = "SELECT * WHERE {\n  ?thing ?relation ?other .\n}\nLIMIT 20\n";

/** The keys of YASQE less those that would keep the keyboard inside. */
function freeTab() {
  return { ...Yasqe.defaults.extraKeys, Tab: false, "Shift-Tab": false };
}

/** The tab that holds a query: an old one, the one that nobody has written in, or a new one. */
function openTab(yasgui, query, name, untouched) {
  const { persistentConfig } = yasgui;
  const known = persistentConfig.getTabs().find((id) => persistentConfig.getTab(id)?.yasqe.value === query);
  if (known) return yasgui.selectTabId(known) ?? yasgui.getTab(known);
  const active = yasgui.getTab();
  if (active && untouched(active.getYasqe()?.getValue() ?? "")) {
    active.show();
    active.getYasqe().setValue(query);
    active.persistentJson.yasqe.value = query;
    active.setName(name);
    return active;
  }
  return yasgui.addTab(true, { ...Yasgui.Tab.getDefaults(yasgui), name, yasqe: { value: query } });
}

/**
 * Puts the editor into `host`. `query` is what it begins with, `page` the answer that the page
 * came with if the query was asked for, `names` gives a title to queries that have one.
 */
export async function openEditor(host, { endpoint, base, query, page, view, names, showView }) {
  const prefixes = await registerCompleters(Yasqe, base);
  const whole = declarePrefixes(query, prefixes);
  registerViews(Yasr, { endpoint, showView });
  tellErrors(Yasqe, Yasr);
  Yasgui.Tab.prototype.getShareableLink = function () {
    const place = new URL(endpoint);
    place.search = new URLSearchParams({ query: this.getYasqe().getValue() });
    return place.href;
  };
  // What is left of the page's own form goes, once all is there that takes its place.
  host.replaceChildren();
  const yasgui = new Yasgui(host, {
    autofocus: false, populateFromUrl: false, persistenceId: "concord-sparql",
    persistencyExpire: MONTH, copyEndpointOnNewTab: false, corsProxy: undefined,
    endpointCatalogueOptions: { getData: () => [], keys: [], renderItem: () => {} },
    requestConfig: {
      endpoint, method: "GET", acceptHeaderSelect: PAGE, acceptHeaderGraph: PAGE,
      args: [],
    },
    yasqe: { value: page ? BLANK : whole, extraKeys: freeTab(), prefixCcApi: null, resizeable: true, editorHeight: "17rem" },
    yasr: { maxPersistentResponseSize: 0 },
  });
  const label = (tab) => tab?.getYasqe()?.getInputField().setAttribute("aria-label", "SPARQL query");
  mendTabs(yasgui);
  const title = names.get(query.trim()) ?? yasgui.createTabName();
  const given = new Set([whole, BLANK, ...names.keys()].map((text) => declarePrefixes(text, prefixes).trim()));
  const untouched = (text) => !text.trim() || given.has(text.trim());
  const tab = page ? openTab(yasgui, whole, title, untouched) : yasgui.getTab();
  label(tab);
  tab.setEndpoint(endpoint);
  if (page) {
    tab.getYasr().selectedPlugin = view;
    tab.getYasr().setResponse(page);
  }
  yasgui.on("queryBefore", (_, asking) => {
    asking.setRequestConfig({ endpoint, args: [{ name: "view", value: tellView(asking) }] });
  });
  watchAddress(yasgui, prefixes);
  yasgui.on("tabAdd", () => setTimeout(() => label(yasgui.getTab())));
  yasgui.on("tabSelect", () => setTimeout(() => label(yasgui.getTab())));
  return yasgui;
}

/** Keeps the query and its view in the address, and follows the address back and forward. */
function watchAddress(yasgui, prefixes) {
  let following = false;
  const readQuery = (tab) => tab.getYasqe()?.getValue() ?? tab.getPersistedJson().yasqe.value;

  function remember(keep) {
    const tab = yasgui.getTab();
    const view = tellView(tab);
    const place = new URL(location.href);
    const asked = { query: readQuery(tab), ...(view === "table" ? {} : { view }) };
    place.search = keep === "replaceState" && !tab.hasResults() ? "" : new URLSearchParams(asked);
    place.hash = "";
    if (!following && place.href !== location.href) history[keep](null, "", place);
  }

  /** The tab that has the query, or the one at hand with the query in it. */
  function findTab(query) {
    const tabs = yasgui.persistentConfig.getTabs().map((id) => yasgui.getTab(id));
    const known = tabs.find((each) => each && readQuery(each) === query);
    if (known && known !== yasgui.getTab()) yasgui.selectTabId(known.getId());
    return known ?? yasgui.getTab();
  }

  yasgui.on("query", () => remember("pushState"));
  yasgui.on("tabSelect", () => setTimeout(() => remember("replaceState")));
  document.addEventListener("concord-view", () => remember("pushState"));
  window.addEventListener("popstate", async () => {
    const given = new URL(location.href).searchParams;
    if (!given.has("query")) return;
    following = true;
    const query = declarePrefixes(given.get("query"), prefixes);
    const tab = findTab(query);
    const view = given.get("view") ?? "table";
    const known = readQuery(tab) === query && tab.hasResults();
    if (!known) tab.getYasqe().setValue(query);
    if (tellView(tab) !== view) tab.getYasr().selectPlugin(view);
    if (!known) await tab.query().catch(() => {});
    // What these set off has been told by now.
    setTimeout(() => (following = false));
  });
}
