// Tells a student in words that the teacher's line is away; not at once, for a board that is only reloaded.

import { setText } from "lectern/base/dom.js";
import { gettext } from "lectern/base/words.js";

const PATIENCE_MS = 3000;
const AWAY = gettext("Your teacher's connection dropped. Your answers are kept; the lesson goes on when it is back.");

// Returns what to call with whether the teacher is there.
export function watchHost(line, place) {
  let timer = null;

  function see(isHere) {
    clearTimeout(timer);
    if (isHere) setText(place, "");
    else timer = setTimeout(() => setText(place, AWAY), PATIENCE_MS);
  }

  line.addEventListener("message", ({ detail: { event } }) => {
    if (event === "session:hostDisconnected") see(false);
    else if (event === "session:hostReconnected" || event === "session:closed") see(true);
  });
  return see;
}
