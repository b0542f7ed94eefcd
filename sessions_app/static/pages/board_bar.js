// The bar of the current activity, and what the header says of it: never more than one tap to open, reveal, go on.

import { find, setText } from "lectern/base/dom.js";
import { gettext, interpolate, numbers } from "lectern/base/words.js";
import { factsOf, labelOf } from "lectern/pages/board_acts.js";

const OPEN_OR_PAUSE = { true: gettext("Pause"), false: gettext("Open for answers") };
const SHOW_OR_HIDE = { true: gettext("Hide the results again"), false: gettext("Reveal the results") };

// A button of two states shows one icon and one word; its label is all a screen reader hears.
function setTwoWay(button, isOn, words) {
  setText(find(".word", button), words[isOn]);
  button.dataset.on = String(isOn);
}

export class Bar {
  #here = 0;

  constructor(activities, place) {
    this.activities = activities;
    this.place = place;
    find("#toggle").addEventListener("click", () => activities.toggle());
    find("#reveal").addEventListener("click", () => activities.reveal());
    find("#next").addEventListener("click", () => activities.next());
    find("#previous").addEventListener("click", () => activities.previous());
    activities.addEventListener("change", () => this.render());
  }

  people(count) {
    this.#here = count;
    this.render();
  }

  render() {
    const { current, hasContent, steps, following, order } = this.activities;
    const { revealed, answered } = factsOf(current);
    this.place.hidden = !current && steps.length === 0;
    setTwoWay(find("#toggle"), Boolean(current?.isActive), OPEN_OR_PAUSE);
    find("#toggle").disabled = !hasContent;
    const reveal = find("#reveal");
    setTwoWay(reveal, revealed === true, SHOW_OR_HIDE);
    reveal.disabled = typeof revealed !== "boolean";
    const at = order.indexOf(current);
    find("#previous").disabled = at < 1;
    find("#next").disabled = !following && (at < 0 || at >= order.length - 1);
    find("#next").hidden = find("#previous").hidden = steps.length === 0 && order.length < 2;
    setText(find("#next-name"), following ? following.title || labelOf(following.kind) : "");
    this.#answered(answered);
  }

  #answered(count) {
    const isCounted = typeof count === "number";
    find("#answered").hidden = !isCounted;
    if (!isCounted) return;
    const values = { answered: numbers.format(count), here: numbers.format(Math.max(this.#here, count)) };
    setText(find("#answered"), interpolate(gettext("%(answered)s of %(here)s answered"), values));
  }
}
