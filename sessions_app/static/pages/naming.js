// The student's name: a chip with "change", and one field where the teacher asks for a name.

import { find, setText } from "lectern/base/dom.js";
import { forget, read, write } from "lectern/base/storage.js";
import { gettext } from "lectern/base/words.js";

const NAME_KEY = "lectern.name";
// A letter, a digit or a sign: marks and blanks alone show nothing. The server is stricter.
const SEEN = /[\p{L}\p{N}\p{P}\p{S}]/u;

export class Naming {
  #form = find("#naming");
  #field = find("#typed-name");
  #fault = find("#naming-fault");
  #chip = find("#me");
  #change = find("#change");
  #wasSubmitted = false;
  isRequired = false;

  constructor(submit) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const name = this.#field.value.trim();
      if (!SEEN.test(name)) {
        this.#refuse();
        return;
      }
      this.#wasSubmitted = true;
      submit(name);
    });
    this.#field.addEventListener("input", () => this.#say(""));
    this.#change.addEventListener("click", () => this.#open(this.#form.hidden));
    find("#naming-cancel").addEventListener("click", () => {
      this.#open(false);
      this.#change.focus();
    });
  }

  // The name that was last typed on this device.
  get remembered() {
    return read(NAME_KEY) ?? "";
  }

  // Whether the class waits for a name.
  get isAsking() {
    return this.isRequired && !this.#form.hidden;
  }

  // The class wants a name. Returns whether one is remembered that it has not been told yet.
  require() {
    const isFirst = !this.isRequired && !this.#wasSubmitted;
    this.isRequired = true;
    if (isFirst && this.remembered) return true;
    const isRefused = this.#wasSubmitted || this.remembered;
    this.#wasSubmitted = false;
    forget(NAME_KEY);
    setText(find("#naming-label"), gettext("Your teacher asks for your name"));
    if (this.#form.hidden) {
      this.#form.hidden = false;
      this.#field.focus();
    }
    if (isRefused) this.#refuse();
    return false;
  }

  seated(name) {
    setText(find("#name"), name);
    this.#chip.hidden = false;
    setText(find("#naming-label"), gettext("Your name"));
    setText(find("#naming-go"), gettext("Use this name"));
    find("#naming-cancel").hidden = false;
    // A reconnection must not close the form under somebody who is typing.
    if (!this.#wasSubmitted) return;
    this.#wasSubmitted = false;
    write(NAME_KEY, name);
    this.#open(false);
    this.#change.focus();
  }

  leave() {
    this.#chip.hidden = true;
    this.#form.hidden = true;
  }

  #refuse() {
    this.#say(gettext("Type a name that can be seen: at least one letter or digit."));
    this.#field.focus();
  }

  #say(fault) {
    setText(this.#fault, fault);
    if (fault) this.#field.setAttribute("aria-invalid", "true");
    else this.#field.removeAttribute("aria-invalid");
  }

  #open(isOpen) {
    this.#form.hidden = !isOpen;
    this.#say("");
    this.#change.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    this.#field.value = this.remembered || find("#name").textContent;
    this.#field.select();
  }
}
