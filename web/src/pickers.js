// Offers names of the graph in fields that ask for a thing; without it they are plain text fields.

const PAUSE = 150;

export function attach(field, number) {
  const list = document.createElement("datalist");
  list.id = `names-${number}`;
  field.after(list);
  field.setAttribute("list", list.id);
  const search = new URL("../search", import.meta.url);
  let timer = 0;
  let asking = null;

  async function ask() {
    const prefix = field.value.trim();
    asking?.abort();
    if (!prefix) {
      list.replaceChildren();
      return;
    }
    asking = new AbortController();
    search.search = new URLSearchParams({ prefix, limit: "12" });
    try {
      const reply = await fetch(search, { signal: asking.signal });
      if (!reply.ok) return;
      const { hits } = await reply.json();
      const labels = new Set(hits.map((hit) => hit.label).filter(Boolean));
      list.replaceChildren(
        ...[...labels].map((label) => {
          const option = document.createElement("option");
          option.value = label;
          return option;
        }),
      );
    } catch (error) {
      // Whoever types on, or leaves the page, has asked for the end of the last search.
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
}

document.querySelectorAll('input[data-picker="entity"]').forEach(attach);
