// A conversation opens at its newest words; it tells colleagues who has it open and writes, and how long an SMS is.

export function showNewest() {
  const newest = document.querySelector(".bubbles > :last-child");
  if (newest && !location.search.includes("cursor=")) newest.scrollIntoView({ block: "center" });
}

const TOLD_EVERY = 15000;
const TYPED_LATELY = 15000;

export function tellPresence() {
  const stream = document.querySelector("[data-presence]");
  const token = document.querySelector("input[name=csrf_token]")?.value;
  if (!stream || !token) return;
  let typed = 0;
  let told = 0;
  const tell = () => {
    if (document.visibilityState !== "visible") return;
    told = Date.now();
    const typing = Date.now() - typed < TYPED_LATELY ? "1" : "0";
    const body = new URLSearchParams({ typing, csrf_token: token });
    fetch(stream.dataset.presence, { method: "POST", body, redirect: "error" }).catch(() => {});
  };
  document.addEventListener("input", (event) => {
    if (!event.target.closest("#composer")) return;
    const isNews = Date.now() - typed > TYPED_LATELY;
    typed = Date.now();
    if (isNews && Date.now() - told > 1000) tell();
  });
  setInterval(tell, TOLD_EVERY);
  tell();
}

const SIZED_AFTER = 400;

// How many SMS the words are, and what they cost: counted by the server, as it will be charged.
export function tellSize() {
  const place = document.querySelector("[data-size]");
  const words = document.querySelector("#composer textarea");
  const token = document.querySelector("input[name=csrf_token]")?.value;
  if (!place || !words || !token) return;
  let waiting;
  const ask = async () => {
    const body = new URLSearchParams({ body: words.value, csrf_token: token });
    const answer = await fetch(place.dataset.size, { method: "POST", body, redirect: "error" }).catch(() => null);
    place.textContent = answer?.ok && words.value ? await answer.text() : "";
  };
  words.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, SIZED_AFTER);
  });
  if (words.value) ask();
}
