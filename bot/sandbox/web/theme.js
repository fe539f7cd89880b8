/** Light or dark: what the address asks for, else what was chosen before, else what the system prefers. */

import { icon } from "./icons.js";

const KEPT = "theme";

/** Set the theme and make `button` switch it. */
export function startTheme(button, asked) {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => [asked, recall()].find((theme) => theme === "dark" || theme === "light") ?? null;
  const show = (theme) => {
    if (theme === null) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    const next = (theme ?? (dark.matches ? "dark" : "light")) === "dark" ? "light" : "dark";
    button.replaceChildren(icon(next === "dark" ? "moon" : "sun"));
    button.setAttribute("aria-label", `Switch to the ${next} theme`);
    button.title = `Switch to the ${next} theme`;
    button.onclick = () => {
      asked = null;
      keep(next);
      show(next);
    };
  };
  show(chosen());
  dark.addEventListener("change", () => show(chosen()));
}

function recall() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // Storage can be switched off; the theme then lasts as long as the page.
  }
}

function keep(theme) {
  try {
    localStorage.setItem(KEPT, theme);
  } catch {
    // As above.
  }
}
