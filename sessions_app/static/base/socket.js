// The line to the server: Socket.IO underneath; above it one state in words, and questions that always get an answer.

import { io } from "socket.io-client";
import { gettext } from "lectern/base/words.js";

const BEAT_EVERY_MS = 2500;
const BEAT_WAIT_MS = 1800;
const ASK_WAIT_MS = 8000;
const GIVE_UP_AFTER_BEATS = 5;

export const OFFLINE = {
  code: "OFFLINE",
  message: gettext("Offline: nothing was sent. Try again when you are connected."),
};
const NO_ANSWER = {
  code: "NO_ANSWER",
  message: gettext("The server has not answered. Look whether it has happened."),
};

// The error of a reply, in one shape and in the page's language; old replies have a sentence with the code beside it.
export function failureOf({ error, code, retryAfter }) {
  const found = typeof error === "string" ? { code, message: error, retryAfter } : error;
  return { ...found, message: gettext(found.message) };
}

// Events: "state" (connecting, online, offline, closed), "message" with detail {event, payload}, "refused" with the
// server's error. `enter(line)` takes the place in the session on every connection and resolves to whether it is in.
export class Line extends EventTarget {
  #socket;
  #enter;
  #first = null;
  #silentBeats = 0;
  #wasIn = false;
  state = "connecting";

  // `first()` is what `enter` will ask first, [event, payload]: it travels with the connection and saves a round trip.
  constructor({ auth = () => ({}), first = null, enter }) {
    super();
    this.#enter = enter;
    this.#socket = io({
      auth: (send) => send(first ? { ...auth(), first: this.#sendFirst(first()) } : auth()),
      reconnectionDelay: 500,
      reconnectionDelayMax: 3000,
      timeout: 8000,
      autoConnect: false,
    });
    this.#socket.on("connect", () => this.enter());
    this.#socket.on("disconnect", (reason) => this.#lost(reason));
    this.#socket.on("connect_error", (fault) => this.#failed(fault));
    this.#socket.on("lectern:first", (reply) => this.#first?.answer(reply));
    this.#socket.onAny((event, payload) => this.#announce("message", { event, payload }));
  }

  open() {
    this.#socket.connect();
    setInterval(() => this.#beat(), BEAT_EVERY_MS);
    addEventListener("offline", () => this.#become("offline"));
    addEventListener("online", () => this.state === "offline" && this.#restart());
    document.addEventListener("visibilitychange", () => document.hidden || this.#lookAgain());
    return this;
  }

  get isOnline() {
    return this.state === "online";
  }

  // Never rejects: a reply has `success`, and a failed one an `error`.
  ask(event, payload, waitMs = ASK_WAIT_MS) {
    if (!this.#socket.connected) return Promise.resolve({ success: false, error: OFFLINE });
    if (this.#first?.event === event && !this.#first.isTaken) return this.#takeFirst(waitMs);
    return new Promise((resolve) => {
      this.#socket.timeout(waitMs).emit(event, payload, (fault, reply) => {
        resolve(fault ? { success: false, error: NO_ANSWER } : (reply ?? { success: true }));
      });
    });
  }

  // Take the place again; also called by a page that has something new to show, such as a name.
  async enter() {
    this.#silentBeats = 0;
    const id = this.#socket.id;
    const isIn = await this.#enter(this);
    if (id !== this.#socket.id || this.state === "closed") return;
    this.#wasIn = isIn;
    if (isIn) this.#become("online");
  }

  // For good: the session is over, or this page may no longer take part.
  close() {
    this.#become("closed");
    this.#socket.disconnect();
  }

  #sendFirst([event, payload]) {
    const first = { event, isTaken: false };
    first.reply = new Promise((resolve) => {
      first.answer = resolve;
    });
    this.#first = first;
    return [event, payload];
  }

  #takeFirst(waitMs) {
    this.#first.isTaken = true;
    const late = new Promise((resolve) => {
      setTimeout(resolve, waitMs, { success: false, error: NO_ANSWER });
    });
    return Promise.race([this.#first.reply, late]);
  }

  #lost(reason) {
    this.#wasIn = false;
    this.#become("offline");
    if (reason === "io server disconnect" && this.state !== "closed") setTimeout(() => this.#socket.connect(), 1000);
  }

  #failed(fault) {
    if (fault.data) this.#announce("refused", failureOf({ error: fault.data }));
    else this.#become("offline");
  }

  // A line can be dead for 45 seconds before the transport notices; people are told within 5.
  async #beat() {
    if (document.hidden || !this.#socket.connected) return;
    const id = this.#socket.id;
    const reply = await this.ask("lectern:ping", {}, BEAT_WAIT_MS);
    if (id !== this.#socket.id || this.state === "closed") return;
    if (reply.success) {
      this.#silentBeats = 0;
      if (this.#wasIn) this.#become("online");
      return;
    }
    this.#silentBeats += 1;
    this.#become("offline");
    if (this.#silentBeats >= GIVE_UP_AFTER_BEATS) this.#restart();
  }

  // A phone that was asleep: ask at once, and do not wait for the transport to find out.
  async #lookAgain() {
    if (!this.#socket.connected) {
      if (this.state === "offline") this.#restart();
      return;
    }
    await this.#beat();
    if (this.state === "offline" && this.#socket.connected) this.#restart();
  }

  #restart() {
    if (this.state === "closed") return;
    this.#silentBeats = 0;
    this.#socket.disconnect().connect();
  }

  #become(state) {
    if (this.state === state || this.state === "closed") return;
    this.state = state;
    this.#announce("state", state);
  }

  #announce(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
