// Ending a session asks once, in place, and says what is kept until when.

import { find } from "lectern/base/dom.js";

export function confirmEnd() {
  const ask = find("#end-ask");
  const sure = find("#end-sure");
  const words = [...ask.querySelectorAll("[data-when]")];

  function show(isAsked) {
    sure.hidden = !isAsked;
    find("#end-cancel").hidden = !isAsked;
    ask.classList.toggle("sure", isAsked);
    for (const word of words) word.hidden = (word.dataset.when === "asked") !== isAsked;
  }

  find("#end").addEventListener("submit", (event) => {
    if (!sure.hidden) return;
    event.preventDefault();
    show(true);
  });
  find("#end-cancel").addEventListener("click", () => {
    show(false);
    ask.focus();
  });
  show(false);
}
