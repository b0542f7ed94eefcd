// The board by keys: one key each for what is done most. Never while somebody types, and only when they are wanted.

import { find } from "lectern/base/dom.js";
import { read, write } from "lectern/base/storage.js";

const SETTING = "lectern.board.keys";
const TYPED_IN = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const LEFT = "button, a[href], summary, input:is([type=checkbox], [type=radio])";
const PRESSED_BY_KEY = "button, a[href], summary, label, input";

export class Keys {
  #dialog = find("#keys");

  // `acts` maps "toggle", "reveal", "next", "previous", "freeze", "black", "undo" to functions.
  constructor({ acts, isOff }) {
    this.acts = acts;
    this.isOff = isOff;
    const box = find("#keys-on");
    box.checked = this.isWanted;
    box.addEventListener("change", () => write(SETTING, box.checked));
    for (const opener of document.querySelectorAll(".open-keys")) {
      opener.addEventListener("click", () => this.#dialog.showModal());
    }
    find("#keys-close").addEventListener("click", () => this.#dialog.close());
    addEventListener("keydown", (event) => this.#press(event));
    addEventListener("click", (event) => leaveControl(event));
  }

  get isWanted() {
    return read(SETTING) !== false;
  }

  #press(event) {
    if (event.defaultPrevented || event.isComposing || event.repeat || this.isOff() || this.#dialog.open) return;
    if (event.target.closest?.(TYPED_IN)) return;
    const act = this.#actOf(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  #actOf({ key, target, ctrlKey, metaKey, altKey }) {
    const { acts } = this;
    if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === "z") return acts.undo;
    if (ctrlKey || metaKey || altKey || !this.isWanted) return null;
    const isOnButton = Boolean(target.closest?.(PRESSED_BY_KEY));
    if (key === " ") return isOnButton ? null : acts.toggle;
    if (key === "Enter") return isOnButton ? null : acts.reveal;
    if (key === "?") return () => this.#dialog.showModal();
    const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (key === "ArrowLeft" || key === "ArrowRight") return key === forward ? acts.next : acts.previous;
    return { f: acts.freeze, b: acts.black, u: acts.undo }[key.toLowerCase()] ?? null;
  }
}

// What a hand has pressed would take the next Space and Enter for itself; what was reached by Tab shall have them.
function leaveControl({ pointerType, target }) {
  if (!pointerType) return;
  const { control } = target.closest?.("label") ?? {};
  // A label gives the focus to its box only after this click.
  if (control && control !== target) setTimeout(leave, 0, control);
  else leave(target.closest?.(LEFT));
}

function leave(control) {
  if (control === document.activeElement && control?.matches(LEFT)) control.blur();
}
