// The code field: any case, blanks and look-alikes; goes on by itself at the fifth character.

import { find, setText } from "lectern/base/dom.js";
import { gettext, interpolate } from "lectern/base/words.js";

const LENGTH = 5;
const CHECK_WAIT_MS = 4000;
const form = find("#join");
const field = find("#code");
const fault = find("#code-fault");
const line = find("#code-line");
const UNSURE = gettext("Offline, or the server does not answer. Look at your connection and press Join again.");
let asked = "";
// By hand, here and now: not by the address, nor by a browser that has gone back.
let wasTyped = false;

// As the server reads it: without blanks, dashes and invisible marks, wide letters as the usual ones.
const typed = () => field.value.normalize("NFKC").replace(/[\s\p{Cf}\p{Pd}]/gu, "");

function say(text) {
  setText(fault, text);
  field.toggleAttribute("aria-invalid", false);
  if (text) field.setAttribute("aria-invalid", "true");
}

// Nothing is wrong with what was typed.
function sayOffline() {
  setText(line, navigator.onLine ? "" : find("#offline").dataset.words);
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
  setText(line, found === null ? UNSURE : "");
  if (found) {
    wasTyped = false;
    location.assign(`/j/${encodeURIComponent(code)}`);
  } else if (found === false) {
    say(gettext("No class is open under this code. Compare it with the screen, letter by letter."));
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  wasTyped = true;
  go();
});

field.addEventListener("input", () => {
  wasTyped = true;
  say("");
  sayOffline();
  if (typed().length === LENGTH && typed() !== asked) go();
  if (typed().length !== LENGTH) asked = "";
});

addEventListener("offline", sayOffline);
addEventListener("online", () => {
  sayOffline();
  if (wasTyped && typed().length === LENGTH) go();
});
sayOffline();
// Typed before this script was there.
const [visit] = performance.getEntriesByType("navigation");
wasTyped = visit?.type === "navigate" && field === document.activeElement && field.value !== field.defaultValue;
if (wasTyped && typed().length === LENGTH) go();
