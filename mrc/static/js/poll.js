// <section data-poll="/inbox?tab=mine" data-poll-seconds="10">: asks that address for its own content again, and less
// often the longer nothing changes. Hidden pages do not ask; a failing line waits. Nothing is replaced while the
// keyboard is in it, because what one is about to press must not move. A `data-revision` inside is told, so that the
// server may answer 204 for "nothing new"; `data-poll-now` asks at once; `data-lost` are the words over a lost line.

const SLOWER = 1.5;
const SLOWEST = 60;
const SLOWEST_FAILING = 300;

export function pollQuietly() {
  document.querySelectorAll('[data-poll]:not([data-poll=""])').forEach(watch);
}

function watch(element) {
  const soonest = Number(element.dataset.pollSeconds) || 10;
  let seconds = soonest;
  let timer = 0;
  let last = null;
  let reached = new Date();

  const plan = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, seconds * 1000);
  };
  const ask = async () => {
    if (!element.isConnected) return;
    if (document.visibilityState === "visible" && !element.contains(document.activeElement)) {
      seconds = await refreshed(seconds);
    }
    plan();
  };
  const refreshed = async (waited) => {
    try {
      const answer = await fetch(address(element), { headers: { "HX-Request": "true" }, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      reached = new Date();
      say(element, null);
      const words = answer.status === 204 ? last : await answer.text();
      if (words === last) return Math.min(waited * SLOWER, SLOWEST);
      last = words;
      window.htmx.swap(element, words, { swapStyle: "innerHTML" });
      return soonest;
    } catch {
      say(element, reached);
      return Math.min(waited * 2, SLOWEST_FAILING);
    }
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    seconds = soonest;
    clearTimeout(timer);
    ask();
  });
  if ("pollNow" in element.dataset) ask();
  else plan();
}

function address(element) {
  const revision = element.querySelector("[data-revision]")?.dataset.revision;
  if (!revision) return element.dataset.poll;
  const url = new URL(element.dataset.poll, location.href);
  url.searchParams.set("revision", revision);
  return url;
}

function say(element, since) {
  const told = element.previousElementSibling?.matches(".line-lost") ? element.previousElementSibling : null;
  if (!since || !element.dataset.lost) return told?.remove();
  if (told) return;
  const words = document.createElement("p");
  words.className = "line-lost";
  words.setAttribute("role", "status");
  words.textContent = `${element.dataset.lost} ${since.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`;
  element.before(words);
}
