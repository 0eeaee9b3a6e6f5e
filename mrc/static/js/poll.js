// <section data-poll="/inbox?tab=mine" data-poll-seconds="10">: asks that address for its own content again, and less
// often the longer nothing changes. Hidden pages do not ask; a failing line waits. Nothing is replaced while the
// keyboard is in it, because what one is about to press must not move.

const SLOWER = 1.5;
const SLOWEST = 60;
const SLOWEST_FAILING = 300;

export function pollQuietly() {
  document.querySelectorAll("[data-poll]").forEach(watch);
}

function watch(element) {
  const soonest = Number(element.dataset.pollSeconds) || 10;
  let seconds = soonest;
  let timer = 0;
  let last = null;

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
      const answer = await fetch(element.dataset.poll, { headers: { "HX-Request": "true" }, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const words = answer.status === 204 ? last : await answer.text();
      if (words === last) return Math.min(waited * SLOWER, SLOWEST);
      last = words;
      window.htmx.swap(element, words, { swapStyle: "innerHTML" });
      return soonest;
    } catch {
      return Math.min(waited * 2, SLOWEST_FAILING);
    }
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    seconds = soonest;
    clearTimeout(timer);
    ask();
  });
  plan();
}
