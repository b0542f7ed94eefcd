// What every kind's element is made of: server HTML, cloned for its audience, and a room to ask.

export const tagOf = (kind) => `lectern-${kind.toLowerCase()}`;

// A subclass overrides `receive`, and where it needs them `load`, `build`, `activate`, `people`, `accepts`, `launch`.
// `room` is {line, outbox, code, widgetId, kind, createdAt, say}.
export class Widget extends HTMLElement {
  isActive = false;

  get audience() {
    return this.getAttribute("audience");
  }

  attach(room) {
    this.room = room;
    this.append(this.part(this.audience));
    this.build();
  }

  // A copy of the part of this kind's template that is marked data-part="name".
  part(name) {
    const template = document.querySelector(`template[data-kind="${this.room.kind}"]`);
    const part = template.content.querySelector(`[data-part="${name}"]`);
    return document.importNode(part, true);
  }

  // Tell the server something about this room; resolves to its reply.
  ask(event, payload = {}) {
    return this.room.line.ask(event, { sessionCode: this.room.code, widgetId: this.room.widgetId, ...payload });
  }

  // The same for a host: a refusal is said on the board, `what` being the button's word.
  async command(event, payload = {}, what = "") {
    const reply = await this.ask(event, payload);
    this.room.say(reply, what);
    return reply.success;
  }

  // Fetches what only this audience needs, before `build`.
  async load() {}

  build() {}

  // A state or event of this room; `isWhole` says that it is all there is, as after joining.
  receive(_event, _payload, _isWhole) {}

  // The room was opened for answers, or paused.
  activate(isActive) {
    this.isActive = isActive;
  }

  // How many are here.
  people(_count) {}

  // Whether a kept answer still answers what is asked now.
  accepts(_item) {
    return true;
  }

  // The line has come or gone, or the outbox has changed.
  refresh() {}

  // A kept answer was counted (`reply` is null when the server had it before), or refused.
  settled(_item, _reply) {}

  refused(_item, _error) {}

  // Whether there is something to see yet.
  get isEmpty() {
    return false;
  }

  // What is read aloud when it is opened, to whoever does not see that it has come.
  get aloud() {
    return this.querySelector(".question")?.textContent ?? "";
  }

  // Started from the board with one of the kind's presets.
  async launch(_preset) {}
}
