// The code field: any case, blanks and look-alikes; goes on by itself at the fifth character.

import { find, setText } from "lectern/base/dom.js";
import { gettext, interpolate } from "lectern/base/words.js";

const LENGTH = 5;
const CHECK_WAIT_MS = 4000;
const form = find("#join");
const field = find("#code");
const fault = find("#code-fault");
let asked = "";

// As the server reads it: without blanks, dashes and invisible marks, wide letters as the usual ones.
const typed = () => field.value.normalize("NFKC").replace(/[\s\p{Cf}\p{Pd}]/gu, "");

function say(text) {
  setText(fault, text);
  field.toggleAttribute("aria-invalid", false);
  if (text) field.setAttribute("aria-invalid", "true");
}

async function exists(code) {
  const address = form.dataset.exists.replace("00000", encodeURIComponent(code));
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(CHECK_WAIT_MS) });
    return response.ok ? (await response.json()).exists : true;
  } catch {
    return null;
  }
}

async function go() {
  const code = typed();
  if (code.length !== LENGTH) {
    const words = gettext("A code has %(length)s letters and digits; this has %(typed)s.");
    say(interpolate(words, { length: LENGTH, typed: code.length }));
    return;
  }
  asked = code;
  const found = await exists(code);
  if (asked !== typed()) return;
  if (found === null) {
    say(gettext("Offline, or the server does not answer. Look at your connection and press Join again."));
  } else if (found) {
    location.assign(`/j/${encodeURIComponent(code)}`);
  } else {
    say(gettext("No class is open under this code. Compare it with the screen, letter by letter."));
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  go();
});

field.addEventListener("input", () => {
  say("");
  if (typed().length === LENGTH && typed() !== asked) go();
  if (typed().length !== LENGTH) asked = "";
});
