// The options of a poll as rows: letter, shape, words, and votes where they may be seen.

import { setText } from "lectern/base/dom.js";
import { ngettext, percents } from "lectern/base/words.js";

const LETTERS = "ABCDEFGHIJ";
// Beyond so many characters an option needs its whole row for itself on the projector.
const LONG = 40;
const SPEAKS_FOR_ITSELF = /^(\d{1,2}|[A-J])$/;

// What to call an option aloud: its letter, or the option itself where all are numbers or single letters.
export function nameOf(options, index) {
  return options.every((option) => SPEAKS_FOR_ITSELF.test(option)) ? options[index] : LETTERS[index];
}

export class OptionList {
  #shown = "";

  // `part` is the row of the template: "choice" with a button, or "row" without.
  constructor(widget, list, { part, choose = null }) {
    this.widget = widget;
    this.list = list;
    this.part = part;
    this.choose = choose;
  }

  get rows() {
    return [...this.list.querySelectorAll(".option")];
  }

  render(options, { votes, total, isVisible }) {
    this.#build(options);
    this.rows.forEach((row, index) => {
      const count = votes[index] ?? 0;
      const part = isVisible && total ? count / total : 0;
      const words = ngettext("%(count)s vote, %(share)s", "%(count)s votes, %(share)s", count, {
        share: percents.format(part),
      });
      setText(row.querySelector(".votes"), isVisible ? words : "");
      row.querySelector(".bar").style.setProperty("--share", part.toFixed(3));
    });
  }

  // Rows are made anew only when the options differ, so that focus stays where it is.
  #build(options) {
    const shown = JSON.stringify(options);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const shapes = this.widget.part("shapes").children;
    const made = options.map((option, index) => this.#row(options, index, shapes[index].cloneNode(true)));
    this.list.replaceChildren(...made);
    this.list.dataset.many = String(options.length > 5);
    this.list.dataset.long = String(options.some((option) => option.length > LONG));
  }

  #row(options, index, shape) {
    const item = this.widget.part(this.part);
    item.removeAttribute("data-part");
    const row = item.querySelector(".option");
    row.dataset.option = String(index + 1);
    row.querySelector(".shape").append(shape);
    const name = nameOf(options, index);
    setText(row.querySelector(".letter"), name);
    setText(row.querySelector(".words"), name === options[index] ? "" : options[index]);
    if (this.choose) row.addEventListener("click", () => this.choose(index));
    return item;
  }
}
