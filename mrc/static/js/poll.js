// <div hx-get="…" hx-trigger="poll" data-poll="10">: asks again after so many seconds, and less often the longer
// nothing comes. The server answers 204 when there is nothing new. Hidden pages do not ask; a failing line waits.

const SLOWER = 1.5;
const SLOWEST = 60;
const SLOWEST_FAILING = 300;
const armed = new WeakSet();

export function pollQuietly() {
  document.querySelectorAll("[data-poll]").forEach(arm);
  document.addEventListener("htmx:load", (event) => {
    event.target.querySelectorAll("[data-poll]").forEach(arm);
    if (event.target.matches("[data-poll]")) arm(event.target);
  });
}

function arm(element) {
  if (armed.has(element)) return;
  armed.add(element);
  const soonest = Number(element.dataset.poll) || 10;
  let seconds = soonest;
  let timer = 0;

  const plan = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, seconds * 1000);
  };
  const ask = () => {
    if (!element.isConnected) return;
    if (document.visibilityState === "hidden") plan();
    else window.htmx.trigger(element, "poll");
  };
  element.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== element) return;
    const { status } = event.detail.xhr;
    if (status === 200) seconds = soonest;
    else if (status === 204 || status === 304) seconds = Math.min(seconds * SLOWER, SLOWEST);
    else seconds = Math.min(seconds * 2, SLOWEST_FAILING);
    plan();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || !element.isConnected) return;
    seconds = soonest;
    ask();
  });
  plan();
}
