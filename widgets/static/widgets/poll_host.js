// A poll on the teacher's board: the results, and what the teacher can do with it.

import { find, setText } from "lectern/base/dom.js";
import { gettext, interpolate, numbers } from "lectern/base/words.js";
import { OptionList } from "lectern/widgets/poll_options.js";

const NO_TEXTS = ["", ""];
const LEAST = 2;
const MOST = 10;

const ref = (widget, name) => find(`[data-ref="${name}"]`, widget);

export class HostView {
  // What a poll made here starts with; until it has options the server has nothing to say about it.
  #wanted = { allowChange: true, hideResults: true };

  constructor(widget) {
    this.widget = widget;
    this.options = new OptionList(widget, ref(widget, "options"), { part: "row" });
    this.form = ref(widget, "form");
    this.fields = ref(widget, "fields");
    const question = this.form.elements.question;
    question.id = `question-${widget.room.widgetId}`;
    find('[data-for="question"]', widget).htmlFor = question.id;
    ref(widget, "add").addEventListener("click", () => this.#addField("").focus());
    const editor = ref(widget, "editor");
    // Not on "toggle", which comes late: it would wipe what is being typed already.
    find("summary", editor).addEventListener("click", () => editor.open || this.#fill());
    this.form.addEventListener("submit", (event) => this.#save(event));
    for (const box of widget.querySelectorAll("[data-flag]")) {
      box.addEventListener("change", () => this.#update({ [box.dataset.flag]: box.checked }));
    }
  }

  // An own question: the editor comes first.
  async launch() {
    ref(this.widget, "editor").open = true;
    this.#fill();
    this.form.elements.question.focus();
  }

  // What the board shows of it elsewhere, and the one thing of a poll that has a key.

  get heading() {
    const { question, options } = this.widget.state;
    return question || options.join(" / ");
  }

  get answered() {
    return this.widget.isEmpty ? null : this.widget.state.total;
  }

  // Null where there is nothing to reveal.
  get revealed() {
    if (this.widget.isEmpty || !this.widget.state.hideResults) return null;
    return this.widget.state.revealed;
  }

  reveal(revealed) {
    const what = revealed ? gettext("Reveal the results") : gettext("Hide the results again");
    return this.widget.command("session:poll:reveal", { revealed }, what);
  }

  render() {
    const { state } = this.widget;
    const { question, options, total, here } = state;
    setText(ref(this.widget, "question"), question);
    ref(this.widget, "question").hidden = !question;
    this.options.render(options, { ...state, isVisible: options.length > 0 });
    const counted = { answered: numbers.format(total), here: numbers.format(Math.max(here, total)) };
    ref(this.widget, "answered").hidden = this.widget.isEmpty;
    setText(ref(this.widget, "answered"), interpolate(gettext("%(answered)s of %(here)s answered"), counted));
    setText(ref(this.widget, "seen"), this.#whatStudentsSee());
    for (const box of this.widget.querySelectorAll("[data-flag]")) box.checked = this.#flags[box.dataset.flag];
    // Whoever writes a question wants it asked, unless it is already.
    ref(this.widget, "open").hidden = this.widget.isActive;
    ref(this.widget, "save").classList.toggle("primary", this.widget.isActive);
  }

  refused() {}

  get #flags() {
    return this.widget.isEmpty ? this.#wanted : this.widget.state;
  }

  #whatStudentsSee() {
    const { options, hideResults, revealed } = this.widget.state;
    if (options.length === 0) return gettext("Write the options below; students see nothing yet.");
    return hideResults && !revealed ? gettext("Only you see these results.") : gettext("Everybody sees these results.");
  }

  async #update(changes) {
    const { question, options } = this.widget.state;
    const { allowChange, hideResults } = this.#flags;
    const pollData = { question, options, allowChange, hideResults, ...changes };
    if (pollData.options.length < LEAST) {
      Object.assign(this.#wanted, changes);
      return true;
    }
    const isDone = await this.widget.command("session:poll:update", { pollData }, gettext("Save"));
    this.render();
    return isDone;
  }

  #fill() {
    const { question, options } = this.widget.state;
    this.form.elements.question.value = question;
    this.fields.replaceChildren();
    const texts = options.length >= LEAST ? options : NO_TEXTS;
    texts.forEach((text) => this.#addField(text));
  }

  #addField(text) {
    const item = this.widget.part("field");
    item.removeAttribute("data-part");
    const field = find("input", item);
    field.value = text;
    find("button", item).addEventListener("click", () => {
      item.remove();
      this.#number();
      ref(this.widget, "add").focus();
    });
    this.fields.append(item);
    this.#number();
    return field;
  }

  #number() {
    const items = [...this.fields.children];
    items.forEach((item, index) => {
      const letter = "ABCDEFGHIJ"[index];
      const field = find("input", item);
      field.id = `option-${index}-${this.widget.room.widgetId}`;
      find("label", item).htmlFor = field.id;
      setText(find("label", item), interpolate(gettext("Option %(letter)s"), { letter }));
      find("button", item).setAttribute("aria-label", interpolate(gettext("Remove option %(letter)s"), { letter }));
      find("button", item).hidden = items.length <= LEAST;
    });
    ref(this.widget, "add").hidden = items.length >= MOST;
  }

  async #save(event) {
    event.preventDefault();
    const fields = [...this.fields.querySelectorAll("input")];
    const options = fields.map((field) => field.value.trim()).filter(Boolean);
    if (options.length < LEAST) {
      this.widget.room.say({ success: false, error: { message: gettext("A poll needs at least two options.") } });
      fields.find((field) => !field.value.trim())?.focus();
      return;
    }
    const question = this.form.elements.question.value.trim();
    const opens = event.submitter === ref(this.widget, "open");
    const { total, options: asked } = this.widget.state;
    const save = async () => {
      const isDone = await this.#saved({ question, options });
      if (isDone && opens) this.#tell("lectern-open");
      return isDone;
    };
    if (total > 0 && options.join("\n") !== asked.join("\n")) this.#saveLater(save);
    else save();
  }

  async #saved(changes) {
    const isDone = await this.#update(changes);
    if (isDone) ref(this.widget, "editor").open = false;
    return isDone;
  }

  // New options clear the votes, which cannot be taken back: so it waits, and can be undone.
  #saveLater(act) {
    const text = gettext("The options change: answers given so far will be cleared.");
    this.#tell("lectern-delay", { text, act });
  }

  #tell(name, detail) {
    this.widget.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
