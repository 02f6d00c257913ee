// Light, dark or as the system has it: the choice of this browser, under the key that Django's admin uses too.
(() => {
  const THEMES = ["auto", "light", "dark"];
  const NAMES = { auto: "Theme: system", light: "Theme: light", dark: "Theme: dark" };

  const chosen = () => {
    const theme = localStorage.getItem("theme") ?? "auto";
    return THEMES.includes(theme) ? theme : "auto";
  };
  const show = () => { document.documentElement.dataset.theme = chosen(); };

  show(); // before the first paint, hence no module and no defer
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-switch]");
    if (!button) return;
    const label = () => { button.textContent = NAMES[chosen()]; };
    button.addEventListener("click", () => {
      localStorage.setItem("theme", THEMES[(THEMES.indexOf(chosen()) + 1) % THEMES.length]);
      show();
      label();
    });
    label();
    button.hidden = false;
  });
})();
