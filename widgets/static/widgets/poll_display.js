// A poll on the projector: the question and its options at once, votes when they are revealed, never a name.

import { find, setText } from "lectern/base/dom.js";
import { gettext, interpolate, numbers } from "lectern/base/words.js";
import { OptionList } from "lectern/widgets/poll_options.js";

const ref = (widget, name) => find(`[data-ref="${name}"]`, widget);

export class DisplayView {
  constructor(widget) {
    this.widget = widget;
    this.options = new OptionList(widget, ref(widget, "options"), { part: "row" });
  }

  render() {
    const { state, isActive } = this.widget;
    setText(ref(this.widget, "question"), state.question);
    ref(this.widget, "question").hidden = !state.question;
    this.options.render(state.options, { ...state, isVisible: !state.hidden && state.total > 0 });
    setText(ref(this.widget, "answered"), this.#answered);
    setText(ref(this.widget, "seen"), isActive ? "" : gettext("Paused"));
  }

  get #answered() {
    const { total } = this.widget.state;
    const here = Math.max(this.widget.state.here, total);
    if (here === 0) return gettext("Nobody is here yet.");
    const values = { answered: numbers.format(total), here: numbers.format(here) };
    return interpolate(gettext("%(answered)s of %(here)s answered"), values);
  }
}
