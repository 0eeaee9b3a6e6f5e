// Ready answers in the composer: a semicolon, the short word and a blank become the text; the list puts it in too.

const WORD = /(^|\s);([\p{L}\p{N}_-]{1,40})\s$/u;

export function sayReadily() {
  document.addEventListener("input", (event) => {
    const list = listFor(event.target);
    if (!list || !event.target.value.includes(";")) return;
    load(list).then((answers) => expand(event.target, answers));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-ready-answers]");
    const text = form && document.querySelector("#composer textarea");
    if (!text) return;
    event.preventDefault();
    load(form).then((answers) => {
      const answer = answers.find((one) => one.id === form.elements.answer.value);
      if (answer) insert(text, text.selectionStart, text.selectionStart, answer.text);
    });
  });
}

function listFor(target) {
  return target.matches?.("#composer textarea") ? document.querySelector("form[data-ready-answers]") : null;
}

function load(list) {
  list.answers ??= fetch(list.dataset.readyAnswers, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : []))
    .catch(() => {
      list.answers = undefined;
      return [];
    });
  return list.answers;
}

function expand(text, answers) {
  const before = text.value.slice(0, text.selectionStart);
  const found = WORD.exec(before);
  const answer = found && answers.find((one) => one.shortcut === found[2].toLowerCase());
  if (answer) insert(text, found.index + found[1].length, before.length, answer.text);
}

function insert(text, start, end, words) {
  text.setRangeText(words, start, end, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
}
