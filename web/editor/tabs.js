// The row of tabs as WAI-ARIA has it: nothing but tabs in it, which the arrow keys go through.

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

export function mendTabs(yasgui) {
  const { tabElements } = yasgui;
  const { addTabEl, _tabsListEl: list } = tabElements;
  // YASGUI puts new tabs before its button, which is no tab: this stands where that was.
  const place = document.createElement("span");
  place.hidden = true;
  addTabEl.replaceWith(place);
  tabElements.addTabEl = place;
  const bar = document.createElement("div");
  bar.className = "tabs-bar";
  list.before(bar);
  bar.append(list, addTabEl);
  list.setAttribute("aria-label", "Queries");
  list.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.target.tagName === "INPUT") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const tabs = [...list.querySelectorAll("[role=tab]")];
    const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
    next?.focus();
  }, true);
}
