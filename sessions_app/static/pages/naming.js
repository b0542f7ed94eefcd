// The student's name: a chip with "change", and one field where the teacher asks for a name.

import { find, setText } from "lectern/base/dom.js";
import { read, write } from "lectern/base/storage.js";
import { gettext } from "lectern/base/words.js";

const NAME_KEY = "lectern.name";

export class Naming {
  #form = find("#naming");
  #field = find("#typed-name");
  #chip = find("#me");
  #change = find("#change");
  #wasSubmitted = false;
  isRequired = false;

  constructor(submit) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const name = this.#field.value.trim();
      if (!name) {
        this.#field.focus();
        return;
      }
      write(NAME_KEY, name);
      this.#wasSubmitted = true;
      submit(name);
    });
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

  require() {
    this.isRequired = true;
    if (this.remembered) return;
    setText(find("#naming-label"), gettext("Your teacher asks for your name"));
    this.#form.hidden = false;
    this.#field.focus();
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
    this.#open(false);
    this.#change.focus();
  }

  leave() {
    this.#chip.hidden = true;
    this.#form.hidden = true;
  }

  #open(isOpen) {
    this.#form.hidden = !isOpen;
    this.#change.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    this.#field.value = this.remembered || find("#name").textContent;
    this.#field.select();
  }
}
