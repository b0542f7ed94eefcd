// Which activities a phone shows: those that are open, the one opened last on top; if none is, the one that was last.
// Whoever taps while they change taps nothing, and whoever hears instead of seeing is told what was opened.

import { setText } from "lectern/base/dom.js";

// The board pauses the one before when it has opened another: it takes so long at most to see them change places.
const PAUSE_WAIT_MS = 500;
// A tap that was meant for what stood there before.
const SETTLE_MS = 400;
// A live region speaks when its text changes, so it has to be seen empty in between.
const SPEAK_MS = 150;

export class InView {
  #timers = {};
  #isAsked = false;
  #announced = "";
  shown = [];

  // `changed` is called after every look at the rooms, when all that changed with one message is there.
  constructor({ rooms, holder, news, changed }) {
    Object.assign(this, { rooms, holder, news, changed });
    rooms.addEventListener("change", () => this.#ask());
  }

  #ask() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    queueMicrotask(() => {
      this.#isAsked = false;
      this.#look();
      this.changed();
    });
  }

  #look() {
    const { entries } = this.rooms;
    const before = this.shown.filter((entry) => entries.includes(entry));
    // On joining they come one after another, and the first is seldom the right one.
    if (before.length === 0 && entries.some(({ isLoading }) => isLoading)) return;
    const wanted = chosenOf(entries);
    const isOneMore = before.length > 0 && wanted.length > before.length && before.every((entry) => wanted.includes(entry));
    if (isOneMore) this.#timers.wait ??= setTimeout(() => this.#show(chosenOf(this.rooms.entries)), PAUSE_WAIT_MS);
    else this.#show(wanted);
  }

  #show(shown) {
    this.#forget("wait");
    const differs = shown.length !== this.shown.length || shown.some((entry, index) => entry !== this.shown[index]);
    for (const entry of this.rooms.entries) entry.node.hidden = !shown.includes(entry);
    if (differs) this.#settle(shown);
    this.shown = shown;
    this.#announce(shown[0]);
  }

  #settle(shown) {
    putInOrder(shown.map(({ node }) => node));
    const { activeElement } = document;
    if (this.holder.contains(activeElement) && activeElement.closest("[hidden]")) this.holder.focus({ preventScroll: true });
    if (this.shown.length === 0) return;
    if (shown[0]?.node.getBoundingClientRect().top < 0) shown[0].node.scrollIntoView();
    this.holder.classList.add("settling");
    this.#after("settle", SETTLE_MS, () => this.holder.classList.remove("settling"));
  }

  // Once for every time that an activity is opened, also when it says the same as the one before.
  #announce(top) {
    const opened = top?.isActive ? `${top.widgetId} ${top.moment}` : "";
    if (opened === this.#announced) return;
    this.#announced = opened;
    setText(this.news, "");
    this.#after("speak", SPEAK_MS, () => opened && setText(this.news, top.element.aloud));
  }

  #after(name, ms, act) {
    this.#forget(name);
    this.#timers[name] = setTimeout(act, ms);
  }

  #forget(name) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = null;
  }
}

function chosenOf(entries) {
  const seen = entries.filter(({ element }) => element.isEmpty === false).sort((one, other) => other.moment - one.moment);
  const open = seen.filter(({ isActive }) => isActive);
  return open.length > 0 ? open : seen.slice(0, 1);
}

// Moves the others about the one that the keyboard is in: a node that is moved loses the focus.
function putInOrder(nodes) {
  const at = Math.max(0, nodes.findIndex((node) => node.contains(document.activeElement)));
  nodes[at]?.before(...nodes.slice(0, at));
  nodes[at]?.after(...nodes.slice(at + 1));
}
