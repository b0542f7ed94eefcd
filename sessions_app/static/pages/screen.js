// What the projector does with what it has: follows the lesson, holds what it shows, or shows nothing.
// The board says so, or a key on the projector's own page: F freezes, B blacks out, Escape goes on.

import { find, setText } from "lectern/base/dom.js";
import { gettext } from "lectern/base/words.js";

const MODES = ["live", "frozen", "black"];
const KEYS = { f: "frozen", b: "black" };
const HINT_MS = 4000;
// What is held while frozen; the page goes on underneath, unseen.
const STAGE = ["#bar", "#main"];

export class Screen {
  #mode = "live";
  // What black hides, and comes back after it.
  #before = "live";
  #told = "live";
  #hint = null;
  #isOver = false;

  // `shown()` names what the page shows: it is remembered while held, because a reload takes the picture away.
  constructor({ shown }) {
    this.shown = shown;
    addEventListener("keydown", (event) => this.#press(event));
    addEventListener("pointermove", () => this.#hintAtKeys());
  }

  // From the board. Said again after a reconnection it changes nothing: a key may have been pressed since.
  follow(mode) {
    if (mode === this.#told || !MODES.includes(mode)) return;
    this.#told = mode;
    this.#turn(mode);
  }

  // The lesson is over: whatever was held goes, and so do the words about keys.
  finish() {
    this.#isOver = true;
    find("#keys").hidden = true;
    this.#turn("live");
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const key = event.key.toLowerCase();
    const wanted = this.#mode === "black" ? this.#before : key === "escape" ? "live" : KEYS[key];
    // What the board has set only the board ends: it would say that the class sees nothing while it does.
    const isTold = this.#mode !== "live" && this.#mode === this.#told;
    if (!wanted || (isTold && wanted !== "black")) return;
    event.preventDefault();
    this.#turn(wanted === this.#mode ? "live" : wanted);
  }

  #turn(mode) {
    const was = this.#mode;
    if (mode === "black" && was !== "black") this.#before = was;
    this.#mode = mode;
    find("#black").hidden = mode !== "black";
    find("#black p").hidden = this.#told === "black";
    if (mode === "black") return;
    if (mode === "frozen" && find("#held").hidden) this.#hold();
    if (mode === "live") this.#release();
    setText(find("#mode"), mode === "frozen" ? gettext("Frozen") : "");
  }

  #hold() {
    history.replaceState({ held: this.shown() }, "");
    const held = find("#held");
    held.replaceChildren(...STAGE.map((part) => copyOf(find(part))));
    held.hidden = false;
    for (const part of STAGE) find(part).classList.add("unseen");
  }

  #release() {
    history.replaceState(null, "");
    find("#held").hidden = true;
    find("#held").replaceChildren();
    for (const part of STAGE) find(part).classList.remove("unseen");
  }

  // Only for whoever stands at the machine: the class sees no controls.
  #hintAtKeys() {
    find("#keys").hidden = this.#isOver;
    clearTimeout(this.#hint);
    this.#hint = setTimeout(() => {
      find("#keys").hidden = true;
    }, HINT_MS);
  }
}

// What was held when this page was loaded anew, or null.
export function heldBefore() {
  return history.state?.held ?? null;
}

// A picture of a part: nothing in it is found by id, or alive.
function copyOf(part) {
  const copy = part.cloneNode(true);
  for (const node of [copy, ...copy.querySelectorAll("[id], [aria-labelledby]")]) {
    node.removeAttribute("id");
    node.removeAttribute("aria-labelledby");
  }
  for (const node of copy.querySelectorAll("template, script, [hidden]")) node.remove();
  return copy;
}
