// Takes decisions without leaving the page; without it the forms lead back to the same place.
const reader = document.getElementById("reader");

// ---------------------------------------------------------------------------- sending

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const answer = await fetch(form.action, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.status === 200) return page;
  const told = page.querySelector(".problem") ?? page.body;
  throw new Error(told.textContent.trim() || `The server answers ${answer.status}.`);
}

function tell(box, message) {
  let line = box.querySelector(":scope > .problem");
  if (!message) {
    line?.remove();
    return;
  }
  if (!line) {
    line = document.createElement("p");
    line.className = "problem";
    line.setAttribute("role", "alert");
    box.append(line);
  }
  line.textContent = message;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches(".review-form, .correct-form") || !button) return;
  const box = form.closest(".review, .link-review") ?? form.parentElement;
  event.preventDefault();
  if (box.getAttribute("aria-busy")) return;
  box.setAttribute("aria-busy", "true");
  tell(box, "");
  try {
    const page = await send(form, button);
    if (reader) updateReader(form.closest("[data-origin]").dataset.origin, page);
    else updateLinks(form, page);
  } catch (error) {
    tell(box, error.message);
  } finally {
    box.removeAttribute("aria-busy");
  }
});

// ---------------------------------------------------------------------------- showing

function findCard(root, origin) {
  const box = root.querySelector(`#cards [data-origin="${CSS.escape(origin)}"]`);
  return box?.closest(".card") ?? root.getElementById(`card-${origin}`);
}

function updateReader(origin, page) {
  const card = findCard(document, origin);
  const fresh = findCard(page, origin);
  if (!card || !fresh) {
    location.reload();
    return;
  }
  const inside = card.contains(document.activeElement);
  const key = card.dataset.claim;
  const review = document.adoptNode(fresh.querySelector(".review"));
  if (fresh.dataset.claim === undefined) {
    // It is rejected: dimmed it stays, so that it can be taken back.
    card.classList.add("is-rejected");
    card.querySelector(".review").replaceWith(review);
  } else if (key === undefined) {
    // One that was rejected before has come back, with its place in the text.
    location.hash = `#card-${origin}`;
    location.reload();
    return;
  } else {
    const proof = card.querySelector(":scope > .proof");
    card.className = fresh.className;
    for (const name of ["subject", "object", "relation", "holder", "modality", "polarity", "kinds"]) {
      card.dataset[name] = fresh.dataset[name];
    }
    const number = card.querySelector(".number");
    const parts = [...fresh.childNodes].map((each) => document.adoptNode(each));
    card.replaceChildren(...parts, review);
    card.querySelector(".number").replaceWith(number);
    if (proof) card.append(proof);
  }
  const rejected = card.classList.contains("is-rejected");
  for (const mark of reader.querySelectorAll(`.mark[data-claim="${CSS.escape(key ?? "")}"]`)) {
    mark.classList.toggle("is-rejected", rejected);
    const state = [...card.classList].find((name) => /^is-(?!rejected)/.test(name));
    if (state) mark.className = `mark ${state}${rejected ? " is-rejected" : ""}`;
  }
  if (inside) {
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
  }
  const detail = { claim: key, origin, rejected };
  document.dispatchEvent(new CustomEvent("concord-reviewed", { detail }));
}

function updateLinks(form, page) {
  const fresh = page.querySelector(".link-review");
  const old = form.closest(".link-review");
  if (!fresh || !old) {
    location.reload();
    return;
  }
  old.replaceWith(document.adoptNode(fresh));
  document.getElementById("same")?.scrollIntoView({ block: "nearest" });
}

// -------------------------------------------------------------------------- correcting

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a.correct");
  const leave = event.target.closest?.(".correct-form .back");
  if (leave && reader) {
    event.preventDefault();
    leave.closest(".correct-form").remove();
    return;
  }
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const box = link.closest(".review");
  const open = box.querySelector(".correct-form");
  if (open) {
    open.remove();
    return;
  }
  try {
    const answer = await fetch(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const form = page.querySelector(".correct-form");
    if (!form) throw new Error(page.body.textContent.trim());
    box.append(document.adoptNode(form));
    // Several may be open, and each label has to find its own field.
    for (const field of form.querySelectorAll("[id]")) {
      const label = form.querySelector(`label[for="${field.id}"]`);
      field.id = `${field.id}-${box.dataset.origin}`;
      if (label) label.htmlFor = field.id;
    }
    form.querySelector("input:not([type=hidden])").focus();
    const { attach } = await import("./pickers.js");
    for (const field of form.querySelectorAll("input[data-picker]")) {
      // The first to load that module finds them attached.
      if (field.role !== "combobox") attach(field);
    }
  } catch (error) {
    tell(box, error.message);
  }
});

// -------------------------------------------------------------------------------- keys

document.addEventListener("keydown", (event) => {
  if (!reader || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select, textarea")) return;
  const outcome = { a: "accept", r: "reject" }[event.key];
  const key = reader.dataset.held;
  if (!outcome || !key) return;
  const card = document.querySelector(`#cards .card[data-claim="${CSS.escape(key)}"]`);
  card?.querySelector(`.review-form button[value="${outcome}"]`)?.click();
});
