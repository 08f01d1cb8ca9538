// Leads from an address of a term, "lexicon#NAME", on to the term's own page where the page of the
// whole vocabulary has no line for it.

const name = location.hash.slice(1);
const page = document.querySelector("[data-vocabulary]");
if (page?.dataset.vocabulary && name && !document.getElementById(decodeURIComponent(name))) {
  location.replace(`${location.pathname}/${name}`);
}
