// Answers that are not counted yet: kept in this browser until the server has said yes or no.

import { failureOf } from "lectern/base/socket.js";
import { read, write } from "lectern/base/storage.js";
import { randomId } from "lectern/base/dom.js";

const KEPT = new Set(["OFFLINE", "NO_ANSWER"]);
const TRANSIENT = new Set(["INTERNAL_ERROR", "SUBMISSION_FAILED", "NOT_PARTICIPANT"]);
const AGAIN_MS = 1000;
const LONGEST_PAUSE_MS = 5000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// An item is {id, key, event, payload, guard, sent}; one item a key, the newest wins. `guard` is what the answer was
// given to (the room, its round), so that it never counts for another question.
// Events: "change"; "settled" {item, reply}; "refused" {item, error}; "elsewhere" when another tab changed the box.
export class Outbox extends EventTarget {
  #name;
  #ask;
  #isReady;
  #isValid;
  #failures = 0;
  #isSending = false;
  #held = new Set();

  constructor({ name, ask, isReady, isValid }) {
    super();
    this.#name = `lectern.outbox.${name}`;
    this.#ask = ask;
    this.#isReady = isReady;
    this.#isValid = isValid;
    addEventListener("storage", (event) => event.key === this.#name && this.#announce("elsewhere"));
  }

  get items() {
    return read(this.#name) ?? [];
  }

  waiting(key) {
    return this.items.find((item) => item.key === key);
  }

  put({ key, event, payload, guard }) {
    const item = { id: randomId(), key, event, payload, guard, sent: false };
    this.#save([...this.items.filter((other) => other.key !== key), item]);
    this.flush();
  }

  clear() {
    this.#save([]);
  }

  // Sends what waits, one after another; safe to call at any time: what a call finds running takes up what it asks.
  async flush() {
    this.#held.clear();
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      // No step between the end of this loop and the flag, or a call in between would be lost.
      while (this.#isReady()) {
        const item = this.items.find((other) => !this.#held.has(other.id));
        const isDone = item ? await this.#send(item) : "stop";
        if (isDone === "stop") return;
        if (isDone === "held") this.#held.add(item.id);
      }
    } finally {
      this.#isSending = false;
    }
  }

  async #send(item) {
    if (!(await this.#isValid(item))) {
      this.#remove(item);
      this.#announce("refused", { item, error: { code: item.sent ? "CONFLICT" : "NOT_SENT", message: "" } });
      return "done";
    }
    const wasSent = item.sent;
    this.#save(this.items.map((other) => (other.id === item.id ? { ...other, sent: true } : other)));
    const reply = await this.#ask(item.event, item.payload);
    if (reply.success) return this.#settle(item, reply);
    return this.#afterFailure(item, failureOf(reply), wasSent);
  }

  async #afterFailure(item, error, wasSent) {
    if (KEPT.has(error.code) || TRANSIENT.has(error.code)) {
      if (error.code === "OFFLINE") return "stop";
      this.#failures += 1;
      await pause(Math.min(LONGEST_PAUSE_MS, AGAIN_MS * this.#failures));
      return "done";
    }
    if (error.code === "RATE_LIMITED") {
      await pause(error.retryAfter ?? AGAIN_MS);
      return "done";
    }
    if (error.code === "WIDGET_PAUSED") {
      this.#announce("change");
      return "held";
    }
    // It had arrived before; only the confirmation was lost.
    if (error.code === "ALREADY_VOTED" && wasSent) return this.#settle(item, null);
    this.#remove(item);
    this.#announce("refused", { item, error });
    return "done";
  }

  #settle(item, reply) {
    this.#failures = 0;
    this.#remove(item);
    this.#announce("settled", { item, reply });
    return "done";
  }

  #remove(item) {
    this.#save(this.items.filter((other) => other.id !== item.id));
  }

  #save(items) {
    write(this.#name, items);
    this.#announce("change");
  }

  #announce(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
