// Sends the query by Ctrl+Enter, as editors of SPARQL do.

const field = document.querySelector("#query");

field?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    field.form.requestSubmit();
  }
});
