// Puts the editor in the place of the plain form, which stays where it cannot be had.
import { loadStyle, showView } from "./results.js";

const host = document.querySelector("#editor");
const field = document.querySelector("#query");
const answers = document.querySelector("#answers");

field?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    field.form.requestSubmit();
  }
});

/** The answer that the page came with, as if the editor had just got it. */
function takePage() {
  const content = document.documentElement.outerHTML;
  const error = answers.querySelector("[role=alert]");
  if (error) return new Error(error.textContent);
  return {
    ok: true, status: 200, statusText: "OK", content,
    headers: new Headers({ "content-type": "text/html" }), type: "basic",
  };
}

async function start({ editorScript, editorStyle, endpoint, base }) {
  const [{ openEditor }] = await Promise.all([import(editorScript), loadStyle(editorStyle)]);
  const given = new URL(location.href).searchParams;
  const names = new Map();
  for (const link of document.querySelectorAll("a[data-example]")) {
    names.set(new URL(link.href).searchParams.get("query").trim(), link.textContent);
  }
  const page = given.has("query") ? takePage() : null;
  const view = given.get("view") ?? "table";
  await openEditor(host, { endpoint, base, query: field.value, page, view, names, showView });
  answers.remove();
}

if (host?.dataset.editorScript) {
  start(host.dataset).catch((error) => {
    answers.querySelectorAll(".view").forEach((view) => showView(view));
    throw error;
  });
}
