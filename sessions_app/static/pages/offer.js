// The QR for another device: counts its minute down, and says so at half time, 10 and 5 seconds only.

import { find, setText } from "lectern/base/dom.js";
import { ngettext } from "lectern/base/words.js";

const SPOKEN = [30, 10, 5];
const offer = find("#offer");
const begun = performance.now();
const life = Number(offer.dataset.seconds);

const timer = setInterval(() => {
  const left = Math.ceil(life - (performance.now() - begun) / 1000);
  if (left <= 0) {
    clearInterval(timer);
    offer.hidden = true;
    find("#over").hidden = false;
    return;
  }
  setText(find("#left"), ngettext("Valid for %(count)s more second.", "Valid for %(count)s more seconds.", left));
  if (SPOKEN.includes(left)) setText(find("#spoken"), ngettext("%(count)s second left", "%(count)s seconds left", left));
}, 1000);
