// Who is here. A thousand names are more than a page should draw: it shows some, says how many more, and searches.

import { element, find, setText } from "lectern/base/dom.js";
import { gettext, interpolate, ngettext, numbers } from "lectern/base/words.js";

const MOST_SHOWN = 30;
const SEARCH_FROM = 12;

// Without case and accents, so that "joao" finds João.
const plain = (text) => text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLocaleLowerCase();

export class People {
  #names = [];
  #revision = 0;
  #shown = "";

  constructor(place) {
    this.list = find("#people", place);
    this.more = find("#people-more", place);
    this.nobody = find("#nobody", place);
    this.search = find("#people-search", place);
    this.search.addEventListener("input", () => this.#render());
  }

  // Resolves to whether it was news.
  receive({ count, participants, revision = Infinity }) {
    if (revision < this.#revision) return false;
    if (revision !== Infinity) this.#revision = revision;
    this.#names = participants.map(({ name }) => name);
    this.nobody.hidden = count > 0;
    this.search.closest(".field").hidden = count < SEARCH_FROM;
    this.#render();
    return true;
  }

  #render() {
    const wanted = plain(this.search.value.trim());
    const found = wanted ? this.#names.filter((name) => plain(name).includes(wanted)) : this.#names;
    const shown = found.slice(0, MOST_SHOWN);
    setText(this.more, this.#words(found.length, shown.length, wanted));
    const key = JSON.stringify(shown);
    if (key === this.#shown) return;
    this.#shown = key;
    this.list.replaceChildren(...shown.map(makeName));
  }

  #words(found, shown, wanted) {
    if (wanted && found === 0) return gettext("Nobody of this name is here.");
    if (found > shown) return interpolate(gettext("and %(count)s more"), { count: numbers.format(found - shown) });
    return wanted ? ngettext("%(count)s found", "%(count)s found", found) : "";
  }
}

function makeName(name) {
  const item = element("li", { text: name });
  item.dir = "auto";
  return item;
}
