// How long the lesson runs: counted from the server's number, so that a wrong clock here does not matter.

import { setText } from "lectern/base/dom.js";
import { gettext, interpolate, numbers } from "lectern/base/words.js";

const MINUTE_S = 60;

export function tickElapsed(target) {
  const begun = performance.now();
  const before = Number(target.dataset.seconds);

  function show() {
    const all = Math.floor((before + (performance.now() - begun) / 1000) / MINUTE_S);
    const [hours, minutes] = [Math.floor(all / 60), all % 60].map((part) => numbers.format(part));
    const words = all >= 60 ? gettext("%(hours)s h %(minutes)s min") : gettext("%(minutes)s min");
    setText(target, interpolate(words, { hours, minutes }));
  }

  show();
  setInterval(show, 10_000);
}
