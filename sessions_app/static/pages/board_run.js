// The run list: the prepared steps with their state in words, and the activities that were started on the spot.

import { element, setText } from "lectern/base/dom.js";
import { gettext, interpolate, numbers } from "lectern/base/words.js";
import { factsOf, labelOf, nameOf } from "lectern/pages/board_acts.js";

// `room` is missing before the step was run, and after its activity was closed.
export function stateOf(room, hasRun) {
  if (!room) return hasRun ? gettext("Closed") : gettext("Not opened yet");
  if (factsOf(room).revealed === true) {
    return room.isActive ? gettext("Open, results shown") : gettext("Paused, results shown");
  }
  return room.isActive ? gettext("Open now") : gettext("Paused");
}

export class RunList {
  constructor(activities, { steps, others, empty }) {
    Object.assign(this, { activities, steps, others, empty });
    steps.addEventListener("click", (event) => this.#pick(event));
    others.addEventListener("click", (event) => this.#pick(event));
    activities.addEventListener("change", () => this.render());
  }

  render() {
    const { activities } = this;
    const prepared = activities.steps.map((step, index) => this.#step(step, index));
    const rooms = new Set(prepared.map(({ room }) => room));
    const others = activities.rooms.entries.filter((entry) => !rooms.has(entry));
    this.#fill(this.steps, prepared);
    this.#fill(this.others, others.map((room) => ({ id: room.widgetId, room, name: nameOf(room), state: stateOf(room) })));
    this.steps.closest("section").hidden = prepared.length === 0;
    this.others.closest("section").hidden = others.length === 0;
    this.empty.hidden = prepared.length > 0;
  }

  #step(step, index) {
    const room = this.activities.roomOf(step);
    const title = (room && factsOf(room).heading) || step.title || labelOf(step.kind);
    const name = interpolate(gettext("%(number)s. %(title)s"), { number: numbers.format(index + 1), title });
    return { id: String(step.id), room, name, state: stateOf(room, step.widgetId !== null) };
  }

  // Buttons stay where they are while their words change, so that a keyboard keeps its place.
  #fill(list, items) {
    while (list.children.length > items.length) list.lastElementChild.remove();
    while (list.children.length < items.length) list.append(makeItem());
    items.forEach(({ id, room, name, state }, index) => {
      const button = list.children[index].firstElementChild;
      button.dataset.id = id;
      setText(button.children[0], name);
      setText(button.children[1], state);
      if (room && room === this.activities.current) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
  }

  #pick({ target }) {
    const id = target.closest("button")?.dataset.id;
    if (!id) return;
    const step = this.activities.steps.find((one) => String(one.id) === id);
    if (step) this.activities.go(step);
    else this.activities.select(this.activities.rooms.get(id));
    this.activities.dispatchEvent(new CustomEvent("entered"));
  }
}

function makeItem() {
  const item = element("li");
  const button = element("button", { className: "step" });
  button.type = "button";
  const name = element("span", { className: "step-name" });
  name.dir = "auto";
  button.append(name, element("span", { className: "step-state" }));
  item.append(button);
  return item;
}
