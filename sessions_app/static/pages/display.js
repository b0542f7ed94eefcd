// The projector: shows the session and sends nothing. The lobby, or one activity under a slim bar.

import { find, setText } from "lectern/base/dom.js";
import { Rooms } from "lectern/base/rooms.js";
import { Line } from "lectern/base/socket.js";
import { gettext, ngettext } from "lectern/base/words.js";
import { keepAwake } from "lectern/pages/awake.js";
import { fitScreen } from "lectern/pages/fit.js";
import { heldBefore, Screen } from "lectern/pages/screen.js";

const GONE = {
  ended: gettext("The session has ended."),
  released: gettext("This screen's address was replaced. Open the new one from the teacher's board."),
};
const lobby = find("#lobby");
const displayToken = lobby.dataset.displayToken;
// Names what the page shows: an activity, or "" for the lobby.
const screen = new Screen({ shown: () => current?.widgetId ?? "" });
let peopleRevision = 0;
let screenRevision = 0;
let chosen = "";
let current = null;
let held = heldBefore();
let hasBeenShown = false;

const line = new Line({ auth: () => ({ displayToken }), enter: async () => hasBeenShown });
const rooms = new Rooms({ line, code: "", audience: "display", holder: find("#rooms") });

async function shown({ activeRooms, count, screen: told }) {
  hasBeenShown = true;
  showPeople({ count });
  rooms.reset(activeRooms);
  line.enter();
  // What is held is a picture of what is there; after a reload that has to come first.
  if (told.mode === "frozen") await Promise.allSettled(rooms.entries.map(({ ready }) => ready));
  follow(told);
}

function showPeople({ count, revision = Infinity }) {
  if (revision < peopleRevision) return;
  if (revision !== Infinity) peopleRevision = revision;
  const words = ngettext("%(count)s here", "%(count)s here", count);
  for (const place of document.querySelectorAll(":is(#bar, #lobby) .count")) setText(place, words);
  rooms.people(count);
}

// What the board says of this screen: live, frozen or black, and which activity it shows.
function follow({ mode, widgetId, revision }) {
  if (revision < screenRevision) return;
  screenRevision = revision;
  chosen = widgetId;
  showRooms(mode === "frozen" && held !== null ? sameAs(held) : inView());
  held = null;
  screen.follow(mode);
  showRooms();
}

// What was held before a reload, as it stands by now; the lobby when it is gone, for the class has seen nothing newer.
function sameAs(name) {
  return rooms.entries.find(({ widgetId, element }) => widgetId === name && element.isEmpty === false) ?? null;
}

// What the class looks at: what the teacher chose, the newest open activity, or else the newest there is to see.
function inView() {
  const newestFirst = rooms.entries.filter(({ element }) => element.isEmpty === false).reverse();
  const asked = newestFirst.find(({ widgetId }) => widgetId === chosen);
  return asked ?? newestFirst.find(({ isActive }) => isActive) ?? newestFirst[0];
}

function showRooms(entry = inView()) {
  current = entry;
  for (const other of rooms.entries) other.element.hidden = other !== entry;
  lobby.hidden = Boolean(entry) || line.state === "closed";
  find("#bar").hidden = !entry;
  fitScreen(entry?.element);
}

function showLine() {
  setText(find("#line"), line.state === "offline" ? gettext("Offline. Reconnecting …") : "");
}

function gone(why) {
  line.close();
  keepAwake(false);
  screen.finish();
  rooms.reset([]);
  setText(find("#gone-why"), why);
  find("#gone").hidden = false;
  showRooms();
}

line.addEventListener("state", () => {
  if (!line.isOnline) hasBeenShown = false;
  showLine();
});
line.addEventListener("message", ({ detail: { event, payload } }) => {
  if (event === "session:shown") shown(payload);
  else if (event === "session:participantUpdate") showPeople(payload);
  else if (event === "session:screenChanged") follow(payload);
  else if (event === "session:closed") gone(GONE.ended);
  else if (event === "session:released") gone(GONE.released);
});
line.addEventListener("refused", ({ detail }) => gone(detail.message));
rooms.addEventListener("change", () => showRooms());
addEventListener("resize", () => fitScreen(inView()?.element));
showPeople({ count: 0 });
keepAwake(true);
line.open();
