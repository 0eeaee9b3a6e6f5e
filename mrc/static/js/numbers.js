// <fieldset data-follows="topics">: of several numbers only those are shown whose chip of that name is chosen.
// Without script all of them are there.

export function followChips() {
  document.querySelectorAll("fieldset[data-follows]").forEach(follow);
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    form?.querySelectorAll(`fieldset[data-follows="${CSS.escape(event.target.name || "")}"]`).forEach(follow);
  });
}

function follow(fieldset) {
  const chosen = new Set(
    [...fieldset.form.querySelectorAll(`[name="${CSS.escape(fieldset.dataset.follows)}"]:checked`)].map((chip) => chip.value),
  );
  for (const number of fieldset.querySelectorAll("[data-key]")) {
    const input = number.querySelector("input");
    number.hidden = !chosen.has(number.dataset.key) && !input.value;
  }
}
