// The projector as the board drives it: follow, freeze, black, and which activity it shows; its state in words.

import { find, setText } from "lectern/base/dom.js";
import { gettext, interpolate } from "lectern/base/words.js";
import { nameOf } from "lectern/pages/board_acts.js";

const BADGE = { live: "", frozen: gettext("Projector frozen"), black: gettext("Projector black") };

export class Screen {
  #state = { mode: "live", widgetId: "", revision: 0 };

  constructor(activities) {
    this.activities = activities;
    find("#freeze").addEventListener("click", () => this.toggle("frozen"));
    find("#black").addEventListener("click", () => this.toggle("black"));
    activities.addEventListener("change", () => this.render());
  }

  receive(state) {
    if (state.revision < this.#state.revision) return;
    this.#state = state;
    this.render();
  }

  toggle(mode) {
    const what = mode === "frozen" ? gettext("Freeze") : gettext("Black");
    this.#set({ mode: this.#state.mode === mode ? "live" : mode, widgetId: this.#state.widgetId }, what);
  }

  show(entry) {
    this.#set({ mode: "live", widgetId: entry.widgetId }, gettext("Show on the projector"));
  }

  // What the projector shows when it is neither frozen nor black; the projector chooses in the same way.
  get shown() {
    const full = this.activities.rooms.entries.filter(({ element }) => element.isEmpty === false);
    const chosen = full.find(({ widgetId }) => widgetId === this.#state.widgetId);
    return chosen ?? full.findLast(({ isActive }) => isActive) ?? full.at(-1);
  }

  render() {
    const { mode } = this.#state;
    setText(find("#screen-badge"), BADGE[mode]);
    find("#screen-badge").hidden = !BADGE[mode];
    setText(find("#screen-state"), this.#words(mode));
    find("#freeze").setAttribute("aria-pressed", String(mode === "frozen"));
    find("#black").setAttribute("aria-pressed", String(mode === "black"));
  }

  #set(state, what) {
    this.activities.command("session:screen", state, what);
  }

  #words(mode) {
    if (mode === "black") return gettext("Black: the class sees nothing until you press Black again.");
    if (mode === "frozen") return gettext("Frozen: it keeps what it shows until you press Freeze again.");
    const { shown } = this;
    if (!shown) return gettext("It shows the code and how to join.");
    return interpolate(gettext("It shows: %(name)s"), { name: nameOf(shown) });
  }
}
