// "/" goes to the search, "n" opens a new consultation, "?" shows the help, Ctrl-Enter sends the form one is in.
// "a" and then a digit press a button marked data-chord="a1": what came of an attempt to reach somebody.
// The single keys are known by their place too: on an Urdu or Arabic keyboard the key of "n" types another letter.
// They can be switched off (WCAG 2.1.4), because people who dictate would trigger them by speaking.

import { remember } from "./cookies.js";

const WRITING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

const CHORD_WITHIN = 3000;
let chordUntil = 0;

export function hearShortcuts() {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return sendForm(event);
    if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
    if (document.documentElement.dataset.keys === "off" || event.target.closest?.(WRITING)) return undefined;
    if (document.querySelector("dialog[open]")) return undefined;
    return act(event);
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys-switch]")) return;
    const state = event.target.checked ? "on" : "off";
    document.documentElement.dataset.keys = state;
    remember("mrc_keys", state);
  });
}

function act(event) {
  const asks = event.key === "?" || event.key === "؟" || (event.code === "Slash" && event.shiftKey);
  if (asks) return done(event, () => document.getElementById("shortcuts")?.showModal());
  if (event.key === "/" || event.code === "Slash") return done(event, focusSearch);
  if (!event.shiftKey && (event.key === "n" || event.code === "KeyN")) {
    return done(event, () => document.querySelector('[data-shortcut="n"]')?.click());
  }
  if (!event.shiftKey && chordUntil > event.timeStamp && /^(Digit|Numpad)\d$/.test(event.code)) {
    chordUntil = 0;
    const button = document.querySelector(`[data-chord="a${event.code.at(-1)}"]`);
    return button && done(event, () => button.click());
  }
  chordUntil = !event.shiftKey && (event.key === "a" || event.code === "KeyA") ? event.timeStamp + CHORD_WITHIN : 0;
  return undefined;
}

function done(event, deed) {
  event.preventDefault();
  deed();
}

export function focusSearch() {
  const search = document.querySelector('[data-shortcut="/"]');
  search?.focus();
  search?.select();
  return Boolean(search);
}

function sendForm(event) {
  const form = event.target.closest?.("form");
  if (!form || form.method !== "post") return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-submit]"));
}
