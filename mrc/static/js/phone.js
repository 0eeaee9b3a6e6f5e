// Shows what was understood of a telephone number while it is typed, where the field names an address to ask.

const QUIET = 400;
const timers = new WeakMap();

export function understandPhones() {
  document.addEventListener("input", (event) => {
    const field = event.target.closest?.("[data-understand]");
    if (!field) return;
    clearTimeout(timers.get(field));
    timers.set(field, setTimeout(() => ask(field, event.target.value), QUIET));
  });
}

function ask(field, number) {
  const place = field.querySelector("output");
  if (!number.trim()) {
    place.textContent = "";
    return;
  }
  const query = new URLSearchParams({ number, region: field.dataset.region });
  window.htmx.ajax("GET", `${field.dataset.understand}?${query}`, { target: place, swap: "innerHTML" });
}
