// Instead of "are you sure": what was done can be taken back for a while; what cannot be taken back waits as long.

import { find, setText } from "lectern/base/dom.js";
import { gettext, interpolate, numbers } from "lectern/base/words.js";

const WAIT_S = 10;

// The bar has #undo-text, #undo-left, #undo-take and #undo-now; `said` is a live region that is always there.
export class Undo {
  #pending = null;
  #timer = null;
  #left = 0;

  constructor(bar, said) {
    this.bar = bar;
    this.said = said;
    find("#undo-take", bar).addEventListener("click", () => this.take());
    find("#undo-now", bar).addEventListener("click", () => this.finish());
  }

  // It has happened: `back` undoes it, and resolves to whether that was possible.
  offer(text, back) {
    this.#show({ text, back });
  }

  // It will happen when the time is over; `back` ends the waiting. A page that is left before has not done it.
  delay(text, act, back) {
    this.#show({ text, act, back });
  }

  get isOpen() {
    return this.#pending !== null;
  }

  // Undo. Where that did not work, as offline, it can be tried again.
  async take() {
    const pending = this.#close();
    if (!pending) return;
    setText(this.said, gettext("Undone."));
    if (pending.back && !(await pending.back())) this.offer(pending.text, pending.back);
  }

  // No more waiting: what was to happen happens. Resolves when it has.
  async finish() {
    await this.#close()?.act?.();
  }

  // Nothing happens any more: this device may do nothing, or there is no lesson.
  drop() {
    this.#close();
  }

  #show(pending) {
    this.finish();
    this.#pending = pending;
    this.#left = WAIT_S;
    setText(find("#undo-text", this.bar), pending.text);
    setText(this.said, pending.text);
    find("#undo-now", this.bar).hidden = !pending.act;
    this.#tick();
    this.#timer = setInterval(() => this.#tick(), 1000);
    this.bar.hidden = false;
  }

  #tick() {
    if (this.#left === 0) {
      this.finish();
      return;
    }
    setText(find("#undo-left", this.bar), interpolate(gettext("%(seconds)s s"), { seconds: numbers.format(this.#left) }));
    this.#left -= 1;
  }

  #close() {
    const pending = this.#pending;
    clearInterval(this.#timer);
    this.#pending = null;
    // The keyboard must not lose its place with the button that it is on.
    if (this.bar.contains(document.activeElement)) find("#main").focus();
    this.bar.hidden = true;
    return pending;
  }
}
