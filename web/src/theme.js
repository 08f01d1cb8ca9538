// Sets the theme that was chosen before the page is drawn, and lets one choose.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const read = () => {
    try {
      return localStorage.getItem("concord-theme");
    } catch {
      return null;
    }
  };
  const keep = (theme) => {
    try {
      localStorage.setItem("concord-theme", theme);
    } catch {
      // Where nothing may be stored, the choice lasts as long as the page.
    }
  };
  const isDark = () => (root.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
  const chosen = read();
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme-switch");
    if (!button) return;
    const label = () => (button.textContent = isDark() ? "Light" : "Dark");
    label();
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      keep(root.dataset.theme);
      label();
      document.dispatchEvent(new CustomEvent("concord-theme"));
    });
    dark.addEventListener("change", () => {
      label();
      document.dispatchEvent(new CustomEvent("concord-theme"));
    });
  });
})();
