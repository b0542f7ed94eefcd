// <lectern-hands>: how many hands are up; on the board also whose.

import { find, setText } from "lectern/base/dom.js";
import { Widget, tagOf } from "lectern/base/widget.js";
import { ngettext } from "lectern/base/words.js";

class Hands extends Widget {
  #raised = false;

  build() {
    find('[data-ref="raise"]', this)?.addEventListener("click", () => this.#toggle());
  }

  receive(_event, payload) {
    this.#say("question", payload.question);
    this.#say("count", ngettext("%(count)s hand", "%(count)s hands", payload.count));
    this.#say("names", (payload.names ?? []).join(", "));
    if ("yours" in payload) this.#show(payload.yours);
  }

  async launch() {
    await this.command("session:hands:ask", { question: "Who wants to say something?" });
  }

  async #toggle() {
    const reply = await this.ask("session:hands:raise", { raised: !this.#raised });
    if (reply.success) this.#show(reply.raised);
  }

  #show(raised) {
    this.#raised = raised;
    find('[data-ref="raise"]', this).setAttribute("aria-pressed", String(raised));
  }

  #say(name, text) {
    const place = find(`[data-ref="${name}"]`, this);
    if (place) setText(place, text);
  }
}

customElements.define(tagOf("hands"), Hands);
