// What a teacher does in a lesson: the activities and steps there are, which one is current, and every command.
// It knows nothing of buttons: they and the keys call it, and it says "change".

import { element, find, randomId } from "lectern/base/dom.js";
import { gettext, interpolate } from "lectern/base/words.js";

// What a kind's element tells the board: {heading, answered, revealed, reveal}; all may be missing.
export const factsOf = (entry) => entry?.element.view ?? {};

export const labelOf = (kind) => find(`template[data-kind="${kind}"]`)?.dataset.label ?? kind;

export const nameOf = (entry) => factsOf(entry).heading || labelOf(entry.kind);

export class Activities extends EventTarget {
  steps = [];
  current = null;
  #revision = 0;
  #wasActive = new Map();
  #asked = new Set();
  // The activity whose answers will be cleared, and which command waits to do so.
  #waiting = null;

  constructor({ line, rooms, code, trouble, undo }) {
    super();
    Object.assign(this, { line, rooms, code, trouble, undo });
    rooms.addEventListener("change", () => this.#follow());
  }

  get hasContent() {
    return this.current?.element.isEmpty === false;
  }

  // The activities in the order of the run list, the quick ones after them.
  get order() {
    const prepared = this.steps.map((step) => this.roomOf(step)).filter(Boolean);
    return [...prepared, ...this.rooms.entries.filter((entry) => !prepared.includes(entry))];
  }

  // The step after the current one, or after the last that ran; one that was closed is passed over.
  get following() {
    let at = this.steps.findIndex(({ widgetId }) => widgetId && widgetId === this.current?.widgetId);
    if (at < 0) at = this.steps.findLastIndex(({ widgetId }) => widgetId);
    return this.steps.slice(at + 1).find((step) => !step.widgetId || this.roomOf(step));
  }

  roomOf(step) {
    return step.widgetId ? this.rooms.get(step.widgetId) : undefined;
  }

  list({ steps, revision }) {
    if (revision < this.#revision) return;
    this.#revision = revision;
    this.steps = steps;
    this.#changed();
  }

  select(entry) {
    this.current = entry;
    this.#changed();
  }

  // Open for answers, or pause.
  toggle() {
    const { current } = this;
    if (!this.hasContent) return;
    if (current.isActive) this.#pause(current);
    else this.open(current);
  }

  async open(entry) {
    // What will be cleared must not be given.
    if (this.#waiting?.entry === entry) await this.undo.finish();
    const isDone = await this.#room("session:updateWidgetState", entry, { isActive: true }, gettext("Open for answers"));
    if (isDone) this.#pauseOthers(entry);
    return isDone;
  }

  reveal() {
    const { revealed, reveal } = factsOf(this.current);
    if (typeof revealed === "boolean") reveal.call(factsOf(this.current), !revealed);
  }

  next() {
    const step = this.following;
    if (step) this.go(step);
    else this.#move(1);
  }

  previous() {
    this.#move(-1);
  }

  // A step that runs is looked at; one that does not is opened, and the current activity paused.
  async go(step) {
    const room = this.roomOf(step);
    if (room) {
      this.select(room);
      return;
    }
    const leave = this.current?.isActive ? this.current.widgetId : "";
    const payload = { sessionCode: this.code, stepId: step.id, leave };
    const what = interpolate(gettext("Open: %(name)s"), { name: step.title || labelOf(step.kind) });
    const reply = await this.#once(() => this.line.ask("session:runStep", payload), what);
    if (reply?.success) this.#enter(step.kind, reply.roomData);
  }

  // From a kind's own start button: with options it is open at once, else its editor comes first.
  async launch(kind, { launch, options, flags = "" }, what) {
    const config = Object.fromEntries(flags.split(" ").filter(Boolean).map((flag) => [flag, true]));
    const opened = options ? { config: { ...config, options: options.split("|") }, isActive: true } : {};
    const payload = { sessionCode: this.code, roomType: kind, widgetId: randomId(), makePlace: true, ...opened };
    const reply = await this.#once(() => this.line.ask("session:createRoom", payload), what);
    if (!reply?.success) return;
    const entry = this.#enter(kind, reply.roomData);
    if (options) this.#pauseOthers(entry);
    await entry.ready;
    if (!options) await entry.element.launch(launch);
  }

  async close(entry) {
    const name = nameOf(entry);
    // To start over comes before closing, as it was asked for.
    await this.undo.finish();
    if (!(await this.#room("session:closeRoom", entry, {}, gettext("Close")))) return;
    const text = interpolate(gettext("“%(name)s” is closed. Its answers are kept."), { name });
    this.undo.offer(text, () => this.#room("session:reopenRoom", entry, {}, gettext("Undo")));
    this.rooms.remove(entry.widgetId);
    this.dispatchEvent(new CustomEvent("entered"));
  }

  reset(entry) {
    const text = interpolate(gettext("“%(name)s” starts over: its answers will be cleared."), { name: nameOf(entry) });
    // A second press is the same press.
    if (this.#waiting?.entry === entry && this.#waiting.text === text) return;
    this.delay(entry, text, () => this.#room("session:reset", entry, {}, gettext("Start over")));
  }

  // Later, unless it is undone: what clears the answers for good. Paused meanwhile, so that none is given in vain.
  async delay(entry, text, act) {
    const isOpen = entry.isActive || (this.#waiting?.entry === entry && this.#waiting.isOpen);
    await this.undo.finish();
    this.#waiting = { entry, text, isOpen };
    const paused = isOpen ? this.#pause(entry) : true;
    const goOn = async (isDone) => {
      this.#waiting = null;
      const isOtherOpen = this.rooms.entries.some((other) => other !== entry && other.isActive);
      return (await paused) && (await isDone()) && (!isOpen || isOtherOpen || this.open(entry));
    };
    this.undo.delay(text, () => goOn(act), () => goOn(() => true));
    if (await paused) return;
    this.#waiting = null;
    this.undo.drop();
  }

  async command(event, payload, what) {
    const reply = await this.line.ask(event, { sessionCode: this.code, ...payload });
    this.trouble.reply(reply, what);
    return reply.success;
  }

  #room(event, { kind, widgetId }, payload, what) {
    return this.command(event, { roomType: kind, widgetId, ...payload }, what);
  }

  #pause(entry) {
    return this.#room("session:updateWidgetState", entry, { isActive: false }, gettext("Pause"));
  }

  // One activity at a time: a phone asks one thing.
  #pauseOthers(entry) {
    for (const other of this.rooms.entries) if (other !== entry && other.isActive) this.#pause(other);
  }

  #enter(kind, data) {
    const entry = this.rooms.add(kind, data.widgetId, data);
    this.#wasActive.set(entry.widgetId, entry.isActive);
    this.select(entry);
    this.dispatchEvent(new CustomEvent("entered"));
    return entry;
  }

  // A second tap while the first is under way is the same tap.
  async #once(ask, what) {
    if (this.#asked.has(what)) return null;
    this.#asked.add(what);
    const reply = await ask();
    this.#asked.delete(what);
    this.trouble.reply(reply, what);
    return reply;
  }

  #move(by) {
    const { order } = this;
    const entry = order[order.indexOf(this.current) + by];
    if (entry) this.select(entry);
  }

  // What was just opened, here or on another board, is what is looked at.
  #follow() {
    const { entries } = this.rooms;
    const opened = entries.filter(({ widgetId, isActive }) => isActive && !this.#wasActive.get(widgetId));
    const unseen = entries.filter(({ widgetId }) => !this.#wasActive.has(widgetId));
    this.#wasActive = new Map(entries.map(({ widgetId, isActive }) => [widgetId, isActive]));
    const newest = opened.at(-1) ?? unseen.at(-1);
    if (newest) this.current = newest;
    else if (!entries.includes(this.current)) this.current = entries.findLast(({ isActive }) => isActive) ?? entries.at(-1) ?? null;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("change"));
  }
}

// The start buttons that every kind brings; one without any gets a plain one.
export function offerKinds(activities, place) {
  for (const template of document.querySelectorAll("template[data-kind]")) {
    const { kind, label } = template.dataset;
    const own = template.content.querySelector('[data-part="start"]');
    const part = own ? document.importNode(own, true) : plainStart(label);
    part.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-launch], [data-options]");
      if (button) activities.launch(kind, button.dataset, button.textContent.trim());
    });
    place.append(part);
  }
}

function plainStart(label) {
  const part = element("div", { className: "launcher" });
  const button = element("button", { text: label });
  button.type = "button";
  button.dataset.launch = "";
  part.append(button);
  return part;
}
