// Making elements; texts are always texts.

export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function makeButton(text, work, attributes = {}) {
  const button = make("button", { type: "button", ...attributes }, text);
  button.addEventListener("click", work);
  return button;
}

/** Hands a file to whoever reads the page. */
export function save(name, address) {
  const link = make("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

export function saveText(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  save(name, address);
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A name for a file from the title of what is in it. */
export function nameFile(title) {
  const plain = title.normalize("NFKD").replace(/[^\w\s-]/g, "").trim();
  return plain.replace(/[\s_]+/g, "-").slice(0, 60).replace(/-+$/, "").toLowerCase() || "graph";
}
