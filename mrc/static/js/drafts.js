// What is typed into a form with data-draft="<key>" is kept on the server a moment after the last key: sealed there,
// never in the browser. Without a connection the text stays on the page and is tried again, ever more patiently.
// Leaving a page with text that was not kept yet asks first.

const QUIET = 2500;
const FIRST_RETRY = 5000;
const LONGEST_RETRY = 60000;
const OURS = ["csrf_token", "operation_id", "version", "base", "draft_key"];
const kept = new WeakMap();

export function keepDrafts() {
  document.addEventListener("input", (event) => noticed(event));
  document.addEventListener("change", (event) => noticed(event));
  document.addEventListener("submit", (event) => {
    const state = kept.get(event.target);
    if (!state || event.defaultPrevented) return;
    clearTimeout(state.timer);
    state.leaving = true;
    state.sending?.abort();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") forms().forEach((form) => save(form));
  });
  addEventListener("online", () => forms().forEach((form) => save(form)));
  addEventListener("pageshow", () => forms().forEach((form) => { stateOf(form).leaving = false; }));
  addEventListener("beforeunload", (event) => {
    if (forms().some((form) => stateOf(form).dirty && !stateOf(form).leaving)) event.preventDefault();
  });
}

function forms() {
  return [...document.querySelectorAll("form[data-draft]")].filter((form) => kept.has(form));
}

function stateOf(form) {
  if (!kept.has(form)) kept.set(form, { dirty: false, leaving: false, busy: false, retry: FIRST_RETRY, timer: 0 });
  return kept.get(form);
}

function noticed(event) {
  const form = event.isTrusted && event.target.form;
  if (!form || !form.dataset.draft || !event.target.name || event.target.type === "password") return;
  const state = stateOf(form);
  state.dirty = true;
  clearTimeout(state.timer);
  state.timer = setTimeout(() => save(form), QUIET);
}

async function save(form) {
  const state = stateOf(form);
  if (!state.dirty || state.leaving || state.busy) return;
  state.busy = true;
  state.dirty = false;
  state.sending = new AbortController();
  try {
    const answer = await fetch("/drafts", {
      method: "POST",
      headers: { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
      body: content(form),
      keepalive: true,
      signal: state.sending.signal,
    });
    // An expired session leads to the sign-in page; the server kept the text on the way.
    if (answer.redirected) say(form, "expired");
    else if (!answer.ok) throw new Error(String(answer.status));
    else say(form, "saved", timeOf((await answer.json()).saved_at));
    state.retry = FIRST_RETRY;
    // What was typed meanwhile waits for its turn.
    if (state.dirty) state.timer = setTimeout(() => save(form), QUIET);
  } catch {
    state.dirty = true;
    if (state.leaving) return;
    say(form, "waiting");
    state.timer = setTimeout(() => save(form), state.retry);
    state.retry = Math.min(state.retry * 2, LONGEST_RETRY);
  } finally {
    state.busy = false;
  }
}

function content(form) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !OURS.includes(name)) fields.append(name, value);
  }
  for (const secret of form.querySelectorAll("input[type=password]")) fields.delete(secret.name);
  fields.set("draft_key", form.dataset.draft);
  return fields;
}

function say(form, what, time = "") {
  const place = form.querySelector("[data-draft-state]");
  if (place) place.textContent = (place.dataset[what] || "").replace("{time}", time);
}

function timeOf(instant) {
  const page = document.documentElement;
  const format = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", numberingSystem: page.dataset.digits || "latn" };
  return new Intl.DateTimeFormat(page.lang, format).format(new Date(instant));
}
