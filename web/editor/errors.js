// What is wrong with a query, told in words: while it is written, and when it is asked.

const MOST = 8;

/** What the server says of a query that it does not answer: a page's alert, or plain text. */
function readError(text) {
  if (!text.trimStart().startsWith("<")) return text.trim();
  const page = new DOMParser().parseFromString(text, "text/html");
  return (page.querySelector("[role=alert]") ?? page.body).textContent.trim();
}

/** The first line that YASQE cannot read, with what it expects there. */
function findFault(yasqe) {
  const doc = yasqe.getDoc();
  for (let line = 0; line < doc.lineCount(); line++) {
    const { state } = yasqe.getTokenAt({ line, ch: doc.getLine(line).length }, true);
    if (state.OK === false) {
      const expected = (state.possibleCurrent ?? []).slice(0, MOST).join(" ");
      return { line, text: state.errorMsg || `Line ${line + 1} cannot be read; here may stand: ${expected}` };
    }
  }
  return null;
}

export function tellErrors(Yasqe, Yasr) {
  const check = Yasqe.prototype.checkSyntax;
  // The tooltip of YASQE is HTML with styles in it, which the policy of the page forbids.
  Yasqe.prototype.checkSyntax = function () {
    check.call(this);
    const fault = findFault(this);
    if (!fault) return;
    const icon = this.getDoc().lineInfo(fault.line)?.gutterMarkers?.gutterErrorBar;
    if (!icon) return;
    icon.onmouseover = icon.onmouseout = null;
    icon.title = fault.text;
    icon.setAttribute("role", "img");
    icon.setAttribute("aria-label", fault.text);
  };
  Yasr.defaults.errorRenderers = [
    async ({ text }) => {
      const told = document.createElement("pre");
      told.className = "error";
      told.setAttribute("role", "alert");
      told.textContent = readError(text) || "The server did not answer; is it still running?";
      return told;
    },
  ];
}
