// Light, dark or as the system has it: the choice of this browser, under the key that Django's admin uses too.
// @ts-check
(() => {
  const THEMES = /** @type {const} */ (["auto", "light", "dark"]);
  const SIGNS = { auto: "◐", light: "☀", dark: "☾" };
  const NAMES = { auto: "Theme: system", light: "Theme: light", dark: "Theme: dark" };

  const chosen = () => THEMES.find((theme) => theme === localStorage.getItem("theme")) ?? "auto";
  const show = () => { document.documentElement.dataset.theme = chosen(); };

  show(); // before the first paint, hence no module and no defer
  document.addEventListener("DOMContentLoaded", () => {
    const button = /** @type {HTMLElement|null} */ (document.querySelector("[data-theme-switch]"));
    if (!button) return;
    const label = () => {
      button.textContent = SIGNS[chosen()];
      button.title = button.ariaLabel = NAMES[chosen()];
    };
    button.addEventListener("click", () => {
      localStorage.setItem("theme", THEMES[(THEMES.indexOf(chosen()) + 1) % THEMES.length] ?? "auto");
      show();
      label();
    });
    label();
    button.hidden = false;
  });
})();
