// <input data-minutes="running" data-started="2026-11-23T10:42:00+00:00">: minutes since the conversation began, counted
// until the person writes a number of their own. Without data-started they count from the opening of the page.

const STEP = 15000;
const opened = Date.now();

export function countMinutes() {
  document.addEventListener("input", (event) => {
    if (event.isTrusted && event.target.matches("[data-minutes]")) event.target.dataset.minutes = "typed";
  });
  for (const field of document.querySelectorAll('input[data-minutes="running"]')) {
    if (field.value) field.dataset.minutes = "typed";
  }
  update();
  setInterval(update, STEP);
}

function update() {
  for (const field of document.querySelectorAll('input[data-minutes="running"]')) {
    const started = Date.parse(field.dataset.started) || opened;
    field.value = String(Math.max(1, Math.ceil((Date.now() - started) / 60000)));
  }
}
