// What the board says when a command did not happen: which one, and why, in words, until the next one works.

import { setText } from "lectern/base/dom.js";
import { OFFLINE, failureOf } from "lectern/base/socket.js";
import { gettext, interpolate } from "lectern/base/words.js";

export class Trouble {
  #isOffline = false;

  constructor(place) {
    this.place = place;
  }

  say(text) {
    this.#isOffline = false;
    setText(this.place, text);
    this.place.hidden = !text;
  }

  // `what` is the button's own word.
  reply(reply, what = "") {
    if (reply.success) {
      this.say("");
      return;
    }
    const error = failureOf(reply);
    this.say(what ? this.#sentence(error, what) : error.message);
    this.#isOffline = error.code === "OFFLINE";
  }

  online() {
    if (this.#isOffline) this.say("");
  }

  #sentence({ code, message }, what) {
    if (code === "OFFLINE") {
      return interpolate(gettext("Offline, so this did not happen: “%(what)s”. Try again when you are connected."), { what });
    }
    if (code === "NO_ANSWER") {
      return interpolate(gettext("The server has not answered to “%(what)s”. Look whether it has happened."), { what });
    }
    return interpolate(gettext("“%(what)s” did not happen. %(why)s"), { what, why: message });
  }
}

// Without a line a form would lead to the browser's own page of errors, and the board would be gone.
export function stayWhileOffline(line, trouble) {
  const stay = (event) => {
    if (line.state !== "offline" && navigator.onLine) return;
    event.preventDefault();
    event.stopPropagation();
    const what = event.submitter?.innerText.trim().replace(/\s+/g, " ");
    trouble.reply({ success: false, error: OFFLINE }, what);
  };
  addEventListener("submit", stay, { capture: true });
}
