// Menus close when one clicks beside them or presses Esc; dialogs open; rows get denser.

import { remember } from "./cookies.js";
import { focusSearch } from "./shortcuts.js";

export function mindMenus() {
  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details[data-menu]"));
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
    if (event.target.closest("[data-focus-search]") && focusSearch()) event.preventDefault();
    const density = event.target.closest("[data-density-switch]");
    if (density) switchDensity(density);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details[data-menu][open]");
    closeMenus(null);
    menu?.querySelector("summary").focus();
  });
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

function switchDensity(button) {
  const page = document.documentElement;
  const density = page.dataset.density === "compact" ? "comfortable" : "compact";
  page.dataset.density = density;
  button.setAttribute("aria-pressed", String(density === "compact"));
  remember("mrc_density", density);
}
