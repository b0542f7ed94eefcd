// The rooms of a session on a page: one element each, made when a room appears, fed with what arrives for it.
// It knows no kind by name: templates in the page say which there are and which script makes their element.

import { tagOf } from "lectern/base/widget.js";

const scripts = new Map();

function loadKind(kind) {
  if (!scripts.has(kind)) {
    const template = document.querySelector(`template[data-kind="${kind}"]`);
    scripts.set(kind, template ? import(`lectern/${template.dataset.script}`) : Promise.reject(new Error(kind)));
  }
  return scripts.get(kind);
}

// Event: "change" whenever a room came, went, opened, paused or got content.
export class Rooms extends EventTarget {
  #entries = new Map();
  #count = 0;
  #moment = 0;

  // `frame(entry)` wraps a room's element, as the board does; `say(reply)` tells of a refused command.
  constructor({ line, outbox = null, code, audience, holder, say = () => {}, frame = ({ element }) => element }) {
    super();
    Object.assign(this, { line, outbox, code, audience, holder, say, frame });
    line.addEventListener("message", ({ detail }) => this.#receive(detail.event, detail.payload));
    outbox?.addEventListener("settled", ({ detail }) => this.#answered(detail, "settled"));
    outbox?.addEventListener("refused", ({ detail }) => this.#answered(detail, "refused"));
    for (const source of [line, outbox]) {
      for (const type of ["state", "change"]) source?.addEventListener(type, () => this.#refresh());
    }
  }

  get entries() {
    return [...this.#entries.values()];
  }

  get(widgetId) {
    return this.#entries.get(widgetId);
  }

  // What the server says on joining: everything else is gone.
  reset(activeRooms) {
    const named = new Set(activeRooms.map(({ widgetId }) => widgetId));
    for (const widgetId of this.#entries.keys()) if (!named.has(widgetId)) this.remove(widgetId);
    for (const { roomType, widgetId, room } of activeRooms) this.add(roomType, widgetId, room);
    this.#changed();
  }

  add(kind, widgetId, data) {
    const known = this.#entries.get(widgetId);
    if (known && known.createdAt !== data.createdAt) this.remove(widgetId);
    const entry = this.#entries.get(widgetId) ?? this.#make(kind, widgetId, data);
    const staysOpen = entry.isActive && data.isActive;
    this.#activate(entry, data.isActive, data.revision);
    this.#feed(entry, "room", data, true);
    // Votes are no news of one that is open.
    if (!staysOpen) this.#happened(entry, data.lastActivity);
    return entry;
  }

  remove(widgetId) {
    const entry = this.#entries.get(widgetId);
    if (!entry) return;
    this.#entries.delete(widgetId);
    entry.node.remove();
    this.#changed();
  }

  // How many are here; elements that come later hear it too.
  people(count) {
    this.#count = count;
    for (const entry of this.entries) this.#tell(entry, (element) => element.people(count));
  }

  // The session is over: nothing can be answered any more, whatever was open.
  end() {
    for (const entry of this.entries) this.#activate(entry, false);
  }

  // Another tab of this seat has answered: ask the server for every room's state again, whatever its kind.
  requestStates() {
    for (const { kind, widgetId } of this.entries) {
      this.line.ask(`${kind}:requestState`, { sessionCode: this.code, widgetId });
    }
  }

  async accepts(item) {
    const entry = this.#entries.get(item.payload.widgetId);
    if (!entry || entry.createdAt !== item.guard.createdAt) return false;
    await entry.ready;
    return entry.element.accepts(item);
  }

  #make(kind, widgetId, { createdAt }) {
    const element = document.createElement(tagOf(kind));
    element.setAttribute("audience", this.audience);
    // Pages of students and of the projector show it once it has content; half of it would push the rest about.
    element.hidden = this.audience !== "host";
    const entry = { kind, widgetId, createdAt, element, isActive: false, isLoading: true, moment: 0, revisions: new Map() };
    const { line, outbox, code, say } = this;
    entry.ready = loadKind(kind)
      .then(() => customElements.whenDefined(tagOf(kind)))
      .then(() => {
        customElements.upgrade(element);
        return element.load();
      })
      .then(() => {
        element.attach({ line, outbox, code, widgetId, kind, createdAt, say });
        element.people(this.#count);
      });
    const loaded = () => {
      entry.isLoading = false;
      this.#changed();
    };
    entry.ready.then(loaded, loaded);
    this.#entries.set(widgetId, entry);
    entry.node = this.frame(entry);
    this.holder.prepend(entry.node);
    return entry;
  }

  #receive(event, payload) {
    if (event === "session:roomCreated") {
      this.add(payload.roomType, payload.widgetId, payload.roomData);
      this.#changed();
    }
    const entry = this.#entries.get(payload?.widgetId);
    if (!entry) return;
    if (event === "session:roomClosed") this.remove(entry.widgetId);
    else if (event === "session:widgetStateChanged") this.#activate(entry, payload.isActive, payload.revision);
    else if (event !== "session:roomCreated") this.#feed(entry, event, payload, false);
  }

  #activate(entry, isActive, revision) {
    if (this.#isOld(entry, "isActive", revision)) return;
    if (entry.isActive !== isActive) this.#happened(entry);
    entry.isActive = isActive;
    this.#tell(entry, (element) => element.activate(isActive));
    if (isActive) this.outbox?.flush();
  }

  #feed(entry, event, payload, isWhole) {
    if (!entry.isActive && payload.revision > Math.max(...entry.revisions.values())) this.#happened(entry);
    if (!this.#isOld(entry, event, payload.revision)) {
      this.#tell(entry, (element) => element.receive(event, payload, isWhole));
    }
  }

  // Of two entries the one with the later `moment` was opened, paused or, while it is paused, changed last.
  #happened(entry, moment = this.#moment + 1) {
    entry.moment = moment;
    this.#moment = Math.max(this.#moment, moment);
  }

  // Messages may overtake each other; a state older than what is shown is dropped.
  #isOld(entry, name, revision = Infinity) {
    if (revision < (entry.revisions.get(name) ?? 0)) return true;
    if (revision !== Infinity) entry.revisions.set(name, revision);
    return false;
  }

  #tell(entry, say) {
    entry.ready.then(() => {
      say(entry.element);
      this.#changed();
    });
  }

  // A kept answer was counted or refused; its element says so.
  #answered({ item, reply, error }, how) {
    const entry = this.#entries.get(item.payload.widgetId);
    entry?.ready.then(() => entry.element[how](item, how === "settled" ? reply : error));
  }

  #refresh() {
    for (const entry of this.entries) entry.ready.then(() => entry.element.refresh());
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("change"));
  }
}
