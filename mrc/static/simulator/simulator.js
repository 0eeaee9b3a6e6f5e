// Fetches the page again every other second, every second while somebody is in a call, and exchanges what is marked data-live; sends forms without
// leaving the page. Without this script every form still works, by an ordinary reload.

const EVERY = 1000;
let beats = 0;
let version = null;

function exchange(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const focused = document.activeElement?.id;
  const known = new Set([...document.querySelectorAll("[data-keep]")].map((place) => place.id));
  for (const place of fresh.querySelectorAll("[data-keep]")) {
    // A number that the centre wrote to for the first time: its phone comes on the table.
    if (!known.has(place.id)) document.getElementById("phones").append(document.adoptNode(place));
  }
  for (const part of fresh.querySelectorAll("[data-live]")) {
    const shown = document.getElementById(part.id);
    if (!shown || shown.innerHTML === part.innerHTML) continue;
    shown.replaceChildren(...part.childNodes);
  }
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
}

async function look() {
  beats += 1;
  if (document.hidden || (beats % 2 && !document.querySelector('[data-calling="yes"]'))) return;
  try {
    const answer = await fetch(location.href.split("#")[0], { headers: version ? { "If-None-Match": version } : {}, cache: "no-store" });
    if (answer.status !== 200) return;
    version = answer.headers.get("ETag");
    exchange(await answer.text());
  } catch {
    // The simulator is being restarted; the next look will find it.
  }
}

async function send(event) {
  const form = event.target;
  if (!form.matches("[data-quiet]")) return;
  event.preventDefault();
  const values = new FormData(form);
  const button = event.submitter;
  if (button?.name) values.append(button.name, button.value);
  const isMultipart = form.enctype === "multipart/form-data";
  const answer = await fetch(form.action, { method: "POST", body: isMultipart ? values : new URLSearchParams(values) });
  if (!answer.ok) {
    location.reload();
    return;
  }
  version = answer.headers.get("ETag");
  exchange(await answer.text());
  if (form.matches(".composer")) {
    const line = form.elements.line.value;
    if (button?.name === "phrase") return;
    form.reset();
    form.elements.line.value = line;
    form.querySelector("details")?.removeAttribute("open");
  }
}

function enterSends(event) {
  const isEnter = event.key === "Enter" && !event.shiftKey && !event.isComposing;
  if (!isEnter || !event.target.matches(".composer textarea")) return;
  event.preventDefault();
  event.target.form.requestSubmit(event.target.form.querySelector(".send"));
}

document.addEventListener("submit", send);
document.addEventListener("keydown", enterSends);
setInterval(look, EVERY);
