// The frame around an activity on the board: what it is, its state in words, start over, close, the projector.

import { find, setText } from "lectern/base/dom.js";
import { gettext } from "lectern/base/words.js";
import { labelOf } from "lectern/pages/board_acts.js";

const ref = (frame, name) => find(`[data-ref="${name}"]`, frame);

// `open`, `delay`, … are what the board does; the last two an element may ask for by an event.
export function frameOf(entry, { close, reset, show, open, delay }) {
  const frame = document.importNode(find("#room-frame").content.firstElementChild, true);
  const title = ref(frame, "label");
  setText(title, labelOf(entry.kind));
  title.id = `room-${entry.widgetId}`;
  frame.setAttribute("aria-labelledby", title.id);
  ref(frame, "slot").append(entry.element);
  ref(frame, "reset").addEventListener("click", () => reset(entry));
  ref(frame, "close").addEventListener("click", () => close(entry));
  ref(frame, "show").addEventListener("click", () => show(entry));
  entry.element.addEventListener("lectern-open", () => open(entry));
  entry.element.addEventListener("lectern-delay", ({ detail }) => delay(entry, detail.text, detail.act));
  return frame;
}

// `current` is the one that is looked at; `shown` is on the projector.
export function showFrame(entry, { current, shown }) {
  const { node, isActive, element } = entry;
  const hasContent = element.isEmpty === false;
  node.hidden = entry !== current;
  const state = ref(node, "state");
  setText(state, isActive ? gettext("Open: students can answer") : gettext("Paused"));
  state.dataset.open = String(isActive);
  ref(node, "reset").hidden = !hasContent;
  ref(node, "show").hidden = !hasContent || entry === shown;
  ref(node, "shown").hidden = entry !== shown;
}
