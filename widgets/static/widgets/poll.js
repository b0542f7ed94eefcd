// <lectern-poll>: one question, two to ten options; on the board, on a phone and on the projector.

import { Widget } from "lectern/base/widget.js";

// A phone does not fetch the board's part.
const VIEWS = {
  host: async () => (await import("lectern/widgets/poll_host.js")).HostView,
  seat: async () => (await import("lectern/widgets/poll_seat.js")).SeatView,
  display: async () => (await import("lectern/widgets/poll_display.js")).DisplayView,
};

class Poll extends Widget {
  state = {
    question: "",
    options: [],
    allowChange: false,
    hideResults: false,
    revealed: false,
    round: 0,
    votes: {},
    total: 0,
    hidden: false,
    mine: null,
    here: 0,
  };
  #votesRevision = 0;
  #View;

  async load() {
    this.#View = await VIEWS[this.audience]();
  }

  build() {
    this.view = new this.#View(this);
  }

  get isEmpty() {
    return this.state.options.length === 0;
  }

  get aloud() {
    return this.view.aloud;
  }

  receive(event, payload, isWhole) {
    if (payload.pollData) this.#configure(payload.pollData);
    const votes = payload.results ?? payload;
    if (votes.votes && (payload.revision ?? 0) >= this.#votesRevision) this.#count(votes, payload.revision);
    if ("yourVote" in payload) this.state.mine = payload.yourVote;
    else if (isWhole && this.audience === "seat") this.state.mine = null;
    this.refresh();
  }

  activate(isActive) {
    this.isActive = isActive;
    this.refresh();
  }

  people(count) {
    this.state.here = count;
    this.refresh();
  }

  accepts(item) {
    return item.guard.round === this.state.round;
  }

  settled(item, reply) {
    if (item.guard.round === this.state.round && reply) this.state.mine = reply.optionIndex;
    else this.ask("poll:requestState");
    this.refresh();
  }

  refused(item, error) {
    this.view.refused(error);
    this.refresh();
  }

  launch(preset) {
    return this.view.launch(preset);
  }

  refresh() {
    this.view.render();
  }

  #configure({ question, options, allowChange, hideResults, revealed, round }) {
    this.#begin(round);
    Object.assign(this.state, { question, options, allowChange, hideResults, revealed });
  }

  #count({ votes, totalVotes, hidden, round }, revision = 0) {
    this.#votesRevision = revision;
    this.#begin(round);
    Object.assign(this.state, { votes, total: totalVotes, hidden });
  }

  // Another round: all votes were made void, ours too, and results are hidden again where they are to be hidden.
  #begin(round) {
    if (round === this.state.round) return;
    const hadAnswer = this.state.mine !== null;
    const kept = this.room.outbox?.waiting(this.room.widgetId);
    Object.assign(this.state, { round, mine: null, revealed: false });
    if (this.isEmpty) return;
    this.view.anew?.(hadAnswer, kept);
  }
}

customElements.define("lectern-poll", Poll);
