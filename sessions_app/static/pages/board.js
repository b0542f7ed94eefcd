// The teacher's board: takes the place of the host and puts its parts together.

import { find, setText } from "lectern/base/dom.js";
import { Rooms } from "lectern/base/rooms.js";
import { Line, failureOf } from "lectern/base/socket.js";
import { Undo } from "lectern/base/undo.js";
import { gettext, interpolate, ngettext } from "lectern/base/words.js";
import { Activities, nameOf, offerKinds } from "lectern/pages/board_acts.js";
import { Bar } from "lectern/pages/board_bar.js";
import { confirmEnd } from "lectern/pages/board_end.js";
import { Keys } from "lectern/pages/board_keys.js";
import { People } from "lectern/pages/board_people.js";
import { RunList, stateOf } from "lectern/pages/board_run.js";
import { Trouble, stayWhileOffline } from "lectern/pages/board_say.js";
import { Screen } from "lectern/pages/board_screen.js";
import { Tabs, measure } from "lectern/pages/board_tabs.js";
import { tickElapsed } from "lectern/pages/elapsed.js";
import { frameOf, showFrame } from "lectern/pages/room_frame.js";

const LINE = {
  connecting: gettext("Connecting …"),
  online: gettext("Connected"),
  offline: gettext("Offline. Reconnecting …"),
  closed: gettext("Not connected"),
};
// The server's own sentences.
const RELEASED = {
  "This device was released.": gettext("This device was released."),
  "The lesson continues on another device.": gettext("The lesson continues on another device."),
};
const { code, hostToken } = find("#board").dataset;
const HOST = ["session:create", { existingCode: code, hostToken }];
const controls = find("#controls");
const trouble = new Trouble(find("#trouble"));
const undo = new Undo(find("#undo"), find("#undo-said"));
const people = new People(find("#who"));
const line = new Line({ auth: () => ({ hostToken }), first: () => HOST, enter: host });
const rooms = new Rooms({ line, code, audience: "host", holder: find("#rooms"), say, frame });
const activities = new Activities({ line, rooms, code, trouble, undo });
const screen = new Screen(activities);
const bar = new Bar(activities, find("#acts"));
const tabs = new Tabs(controls, find("#tabs"));
let wasIn = false;

function say(reply, what) {
  trouble.reply(reply, what);
}

function frame(entry) {
  return frameOf(entry, {
    close: (one) => activities.close(one),
    reset: (one) => activities.reset(one),
    open: (one) => activities.open(one),
    delay: (one, text, act) => activities.delay(one, text, act),
    show: (one) => screen.show(one),
  });
}

async function host() {
  const reply = await line.ask(...HOST);
  if (reply.success && reply.code === code) return enter(reply);
  const error = reply.success ? { code: "SESSION_CLOSED" } : failureOf(reply);
  if (error.code === "SESSION_CLOSED" || error.code === "INVALID_SESSION") sessionOver();
  else if (error.code === "NOT_HOST") readOnly();
  else if (error.code !== "OFFLINE") retry(error);
  return false;
}

function enter({ activeRooms, runList, screen: onScreen }) {
  trouble.online();
  activities.list(runList);
  screen.receive(onScreen);
  rooms.reset(activeRooms);
  if (!wasIn) tabs.open(activeRooms.length > 0 ? "live" : "run");
  wasIn = true;
  return true;
}

function retry(error) {
  trouble.say(interpolate(gettext("%(why)s Trying again …"), { why: error.message }));
  setTimeout(() => line.enter(), error.retryAfter ?? 2000);
}

// Says why the controls are off where the eyes and the keyboard are.
function switchOff(name) {
  undo.drop();
  controls.disabled = true;
  const wasShown = !find(`#${name}`).hidden;
  find(`#${name}`).hidden = false;
  if (!wasShown) find(`#${name}-title`).focus();
}

function released({ reason }) {
  setText(find("#read-only-why"), RELEASED[reason] ?? reason);
  switchOff("read-only");
}

// When its line broke, a released device may not even listen any more: it shows nothing rather than what was.
function readOnly() {
  switchOff("read-only");
  for (const name of ["controls", "facts", "still-live", "trouble"]) find(`#${name}`).hidden = true;
  line.close();
}

function sessionOver() {
  switchOff("over");
  rooms.end();
  line.close();
}

function showPeople(state) {
  if (!people.receive(state)) return;
  setText(find("#here"), ngettext("%(count)s here", "%(count)s here", state.count));
  bar.people(state.count);
  rooms.people(state.count);
}

function showLine() {
  setText(find("#line"), LINE[line.state]);
  find("#line").dataset.state = line.state;
  if (line.isOnline) trouble.online();
}

function showRooms() {
  const { current } = activities;
  find("#nothing").hidden = Boolean(current);
  for (const entry of rooms.entries) showFrame(entry, { current, shown: screen.shown });
  // Read aloud, because a key changes it while the focus is elsewhere.
  const said = gettext("%(title)s: %(state)s");
  setText(find("#said"), current ? interpolate(said, { title: nameOf(current), state: stateOf(current) }) : "");
}

// Where the eyes go the keyboard goes too: keys act on the activity, and not on the button that was pressed before.
function lookAtLive() {
  tabs.open("live");
  showRooms();
  const { current } = activities;
  (current ? find("h3", current.node) : find("#running-title")).focus();
}

const HEARD = {
  "session:participantUpdate": showPeople,
  "session:runList": (list) => activities.list(list),
  "session:screenChanged": (state) => {
    screen.receive(state);
    showRooms();
  },
  "session:released": released,
  "session:closed": sessionOver,
};

line.addEventListener("state", showLine);
line.addEventListener("message", ({ detail: { event, payload } }) => HEARD[event]?.(payload));
line.addEventListener("refused", ({ detail }) => trouble.say(detail.message));
activities.addEventListener("change", showRooms);
activities.addEventListener("entered", lookAtLive);
find("#release").addEventListener("click", async () => {
  say(await line.ask("session:release", { sessionCode: code }), gettext("Release this device"));
});
new RunList(activities, { steps: find("#steps"), others: find("#others"), empty: find("#no-steps") });
new Keys({
  isOff: () => controls.disabled,
  acts: {
    toggle: () => activities.toggle(),
    reveal: () => activities.reveal(),
    next: () => activities.next(),
    previous: () => activities.previous(),
    freeze: () => screen.toggle("frozen"),
    black: () => screen.toggle("black"),
    undo: () => undo.take(),
  },
});
offerKinds(activities, find("#start"));
stayWhileOffline(line, trouble);
confirmEnd();
measure(find(".board-bar"));
tickElapsed(find("#elapsed"));
showLine();
line.open();
