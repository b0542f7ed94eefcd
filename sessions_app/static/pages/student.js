// The student's lesson: takes the seat, shows what is running, keeps answers until they are counted.

import { find, setText } from "lectern/base/dom.js";
import { Outbox } from "lectern/base/outbox.js";
import { Rooms } from "lectern/base/rooms.js";
import { Line, failureOf } from "lectern/base/socket.js";
import { forget, read, write } from "lectern/base/storage.js";
import { gettext, interpolate } from "lectern/base/words.js";
import { keepAwake } from "lectern/pages/awake.js";
import { watchHost } from "lectern/pages/host_away.js";
import { InView } from "lectern/pages/in_view.js";
import { Naming } from "lectern/pages/naming.js";

const LINE = {
  connecting: gettext("Connecting …"),
  online: gettext("Connected"),
  offline: gettext("Offline. Reconnecting …"),
  closed: gettext("Not connected"),
};
const ENDED = gettext("Ended");
const ASKED = gettext("Waiting for your name");
const SAVED = gettext("Offline. Your answer is saved on this phone.");
const CLOSED = gettext("The activity was closed before your saved answer arrived, so it was not counted.");
const lesson = find("#lesson");
const code = lesson.dataset.code;
const seatKey = `lectern.seat.${code}`;
const naming = new Naming((name) => rename(name));

const line = new Line({ auth: () => ({ participantToken: read(seatKey) ?? undefined }), first: seat, enter: join });
const outbox = new Outbox({
  name: code,
  ask: (event, payload) => line.ask(event, payload),
  isReady: () => line.isOnline,
  isValid: (item) => rooms.accepts(item),
});
const holder = find("#rooms");
const rooms = new Rooms({ line, outbox, code, audience: "seat", holder });
const view = new InView({ rooms, holder, news: find("#news"), changed: showWaiting });

const seeHost = watchHost(line, find("#host-away"));
let newName = "";
let isSeated = false;
let hasEnded = false;

function seat() {
  const name = newName || (naming.isRequired ? naming.remembered : "");
  return ["session:join", { code, name, participantToken: read(seatKey) }];
}

async function join() {
  const reply = await line.ask(...seat());
  if (reply.success) return sitDown(reply);
  const error = failureOf(reply);
  if (error.code === "NAME_REQUIRED") return askName();
  if (error.code === "INVALID_SESSION" || error.code === "SESSION_CLOSED") return noSuchClass();
  if (error.code !== "OFFLINE") {
    say(interpolate(gettext("%(message)s Trying again …"), { message: error.message }));
    setTimeout(() => line.enter(), error.retryAfter ?? 2000);
  }
  return false;
}

function sitDown({ participantToken, name, activeRooms, hostPresent }) {
  write(seatKey, participantToken);
  newName = "";
  isSeated = true;
  say("");
  seeHost(hostPresent);
  naming.seated(name);
  rooms.reset(activeRooms);
  return true;
}

function askName() {
  newName = "";
  // A name that was typed on this device before is used without asking.
  if (naming.require()) return join();
  say("");
  showLine();
  return false;
}

function rename(name) {
  newName = name;
  line.enter();
}

function noSuchClass() {
  const words = gettext("No class is open under the code %(code)s. Compare it with the screen, letter by letter.");
  say(interpolate(words, { code }));
  find("#back a").href = `${lesson.dataset.join}?typed=${encodeURIComponent(code)}`;
  leave();
  return false;
}

function leave() {
  find("#back").hidden = false;
  naming.leave();
  seeHost(true);
  isSeated = false;
  rooms.reset([]);
  line.close();
}

function sessionOver() {
  hasEnded = true;
  forget(seatKey);
  outbox.clear();
  say(gettext("This class has ended. Thank you for taking part."), false);
  setText(find("#back a"), gettext("Join another class"));
  leave();
}

function say(text, isBad = true) {
  const trouble = find("#trouble");
  setText(trouble, text);
  trouble.classList.toggle("bad", isBad);
  trouble.hidden = !text;
}

function lineWords() {
  if (hasEnded) return ENDED;
  if (line.state === "connecting" && naming.isAsking) return ASKED;
  if (line.state === "offline" && outbox.items.length > 0) return SAVED;
  return LINE[line.state];
}

function showLine() {
  const words = find("#line");
  setText(words, lineWords());
  words.dataset.state = line.state;
}

function showWaiting() {
  // Nothing jumps while the line is away: what was waited for is waited for still.
  const isLoading = rooms.entries.some((entry) => entry.isLoading);
  find("#waiting").hidden = view.shown.length > 0 || isLoading || !isSeated;
  keepAwake(view.shown.some(({ isActive }) => isActive));
}

line.addEventListener("state", () => {
  showLine();
  showWaiting();
  if (line.isOnline) outbox.flush();
});
line.addEventListener("message", ({ detail }) => detail.event === "session:closed" && sessionOver());
line.addEventListener("refused", ({ detail }) => say(detail.message));
outbox.addEventListener("change", showLine);
outbox.addEventListener("refused", ({ detail }) => rooms.get(detail.item.payload.widgetId) || say(CLOSED));
outbox.addEventListener("elsewhere", () => rooms.requestStates());
find("#slow-start").remove();
showLine();
line.open();
