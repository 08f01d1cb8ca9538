// Takes a file that is dropped on the page, and follows an article on its way into the graph.

const PAUSE = 700;
const form = document.getElementById("file-form");
const job = document.getElementById("job");

// ------------------------------------------------------------------------- dropping a file

if (form) {
  const field = form.querySelector("input[type=file]");
  document.getElementById("drop-hint").hidden = false;
  const holdsFile = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    form.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.classList.remove("is-over");
  });
  document.addEventListener("drop", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    form.classList.remove("is-over");
    field.files = event.dataTransfer.files;
    if (field.files.length) form.requestSubmit();
  });
}

// ------------------------------------------------------------------------ telling how far

const WORDS = {
  waiting: (told) => (told.before ? `${told.before} before it.` : "It is its turn."),
  working: () => "Being read; the reader opens when all is done.",
  done: () => "Done. The reader opens.",
  failed: () => "It could not be read.",
};

function show(told) {
  document.getElementById("job-name").textContent = told.name;
  const status = document.getElementById("job-told");
  const words = WORDS[told.state](told);
  if (status.textContent !== words) status.textContent = words;
  for (const step of job.querySelectorAll(".step")) {
    const state = told.steps[step.dataset.stage];
    step.className = `step is-${state.replace(" ", "-")}`;
    step.querySelector(".step-state").textContent = state;
  }
  const problem = document.getElementById("job-problem");
  problem.hidden = !told.problem;
  problem.textContent = told.problem;
}

async function follow() {
  let told;
  try {
    const answer = await fetch(job.dataset.state);
    if (!answer.ok) throw new Error(await answer.text());
    told = await answer.json();
  } catch (error) {
    // Perhaps the server starts again, and then goes on with it.
    document.getElementById("job-told").textContent = `No answer (${error.message}); asking again.`;
    setTimeout(follow, 4 * PAUSE);
    return;
  }
  show(told);
  if (told.reader) location.replace(told.reader);
  else if (told.state !== "failed") setTimeout(follow, PAUSE);
}

if (job && !job.querySelector(".is-failed")) follow();
