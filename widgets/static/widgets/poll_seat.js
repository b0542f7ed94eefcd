// A poll on a student's phone.

import { find, setText } from "lectern/base/dom.js";
import { gettext, interpolate, ngettext } from "lectern/base/words.js";
import { OptionList, nameOf } from "lectern/widgets/poll_options.js";

const REFUSED = { ALREADY_VOTED: gettext("You had answered before; that answer counts.") };
// Why there is no answer of ours where there was one.
const ANEW = {
  NOT_SENT: gettext("The poll began anew; the answer you kept was not sent."),
  CONFLICT: gettext("The poll began anew; your answer was not counted."),
  CLEARED: gettext("The poll began anew; your answer was cleared."),
};

const ref = (widget, name) => find(`[data-ref="${name}"]`, widget);

export class SeatView {
  #refusal = "";
  #loss = "";

  constructor(widget) {
    this.widget = widget;
    const list = ref(widget, "options");
    this.options = new OptionList(widget, list, { part: "choice", choose: (index) => this.#choose(index) });
    this.question = ref(widget, "question");
    this.question.id = `question-${widget.room.widgetId}`;
    list.setAttribute("aria-labelledby", this.question.id);
  }

  // "Choose one: 1, 2, 3", or "Tea? A yes, B no".
  get aloud() {
    const { options } = this.widget.state;
    const names = options.map((option, index) => [...new Set([nameOf(options, index), option])].join(" "));
    return `${this.question.textContent.replace(/[\p{L}\p{N}]$/u, "$&:")} ${names.join(", ")}`;
  }

  refused(error) {
    if (ANEW[error.code]) this.#loss = ANEW[error.code];
    else this.#refusal = REFUSED[error.code] ?? error.message;
  }

  // Another round began under our eyes. What was kept for the last one goes now, even while the poll is paused.
  anew(hadAnswer, kept) {
    this.#refusal = "";
    if (hadAnswer && !kept) this.#loss = ANEW.CLEARED;
    this.widget.room.outbox.flush();
  }

  render() {
    const { state } = this.widget;
    const chosen = this.#chosen;
    setText(this.question, state.question || gettext("Choose one"));
    this.options.render(state.options, { ...state, isVisible: this.#seesResults });
    this.options.rows.forEach((row, index) => {
      row.setAttribute("aria-pressed", String(index === chosen));
      // Not `disabled`: the button would lose the focus of a keyboard the moment it is pressed.
      row.setAttribute("aria-disabled", String(!this.#mayChoose));
    });
    setText(ref(this.widget, "answer"), this.#words(chosen).join(" "));
    const total = ngettext("%(count)s answer so far.", "%(count)s answers so far.", state.total);
    setText(ref(this.widget, "total"), this.#seesResults ? total : "");
  }

  get #pending() {
    const kept = this.widget.room.outbox.waiting(this.widget.room.widgetId);
    return kept?.guard.round === this.widget.state.round ? kept : undefined;
  }

  get #chosen() {
    return this.#pending?.payload.optionIndex ?? this.widget.state.mine;
  }

  get #seesResults() {
    const { hidden, total } = this.widget.state;
    return !hidden && total > 0;
  }

  get #areRevealed() {
    return this.widget.state.revealed && this.#seesResults;
  }

  get #mayChoose() {
    const { mine, allowChange } = this.widget.state;
    const isGiven = mine !== null || this.#pending?.sent === true;
    return this.widget.isActive && (allowChange || !isGiven);
  }

  #choose(index) {
    if (!this.#mayChoose || index === this.#chosen) return;
    this.#refusal = "";
    this.#loss = "";
    const { room, state } = this.widget;
    const payload = { sessionCode: room.code, widgetId: room.widgetId, optionIndex: index, round: state.round };
    const guard = { createdAt: room.createdAt, round: state.round };
    room.outbox.put({ key: room.widgetId, event: "session:poll:vote", payload, guard });
  }

  // What became of the answer and what to do now: whole sentences, one after another.
  #words(chosen) {
    const { state, isActive } = this.widget;
    const name = chosen === null ? "" : nameOf(state.options, chosen);
    if (this.#pending) return [this.#underWay(name)];
    const paused = isActive ? [] : [gettext("The poll is paused.")];
    if (this.#refusal) return [this.#refusal, ...paused];
    if (chosen === null) {
      const next = isActive ? gettext("Tap your answer.") : gettext("Paused. Wait until your teacher opens it.");
      return this.#loss ? [this.#loss, next] : [next];
    }
    const change = isActive && state.allowChange ? [gettext("Tap another one to change it.")] : [];
    const results = this.#areRevealed ? [gettext("The results are shown.")] : [];
    return [interpolate(gettext("Your answer %(name)s is counted."), { name }), ...results, ...change, ...paused];
  }

  #underWay(name) {
    const { room, isActive } = this.widget;
    if (!room.line.isOnline) {
      return interpolate(gettext("Offline. Your answer %(name)s is saved on this phone and will be sent."), { name });
    }
    if (isActive) return interpolate(gettext("Sending your answer %(name)s …"), { name });
    return interpolate(
      gettext("Paused before your answer %(name)s arrived: it is saved here and counts when it opens again."),
      { name },
    );
  }
}
