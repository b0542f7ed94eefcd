// A teacher and students as old clients are: `node plain_lesson.mjs <base URL>` knows no event or field of Lectern's own.
import { io } from "socket.io-client";

const [base] = process.argv.slice(2);
const widget = { roomType: "poll", widgetId: "w1" };
const WAIT_MS = 15000;

const open = () => io(base, { forceNew: true, withCredentials: false, reconnection: false });
const once = (socket, name, fits = () => true) =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`waited for ${name}`)), WAIT_MS);
    socket.on(name, function heard(payload) {
      if (!fits(payload)) return;
      clearTimeout(late);
      socket.off(name, heard);
      resolve(payload);
    });
  });

// The promise is made before the request leaves, so that no answer is missed.
async function ask(socket, reply, event, payload, fits) {
  const answer = once(socket, reply, fits);
  socket.emit(event, payload);
  return answer;
}

async function joined(code, name) {
  const student = open();
  student.states = [];
  student.on("poll:voteUpdate", (state) => student.states.push(state.totalVotes));
  const reply = await ask(student, "session:joined", "session:join", { code, name, studentId: `id-${name}` });
  return { student, reply };
}

const teacher = open();
const created = await teacher.timeout(WAIT_MS).emitWithAck("session:create", {});
const sessionCode = created.code;
const about = { sessionCode, ...widget };
const made = await teacher.timeout(WAIT_MS).emitWithAck("session:createRoom", about);
const elsewhere = await teacher.timeout(WAIT_MS).emitWithAck("session:createRoom", { ...about, sessionCode: "22222" });

const count = once(teacher, "session:participantUpdate", (people) => people.count === 2);
const ann = await joined(sessionCode, "Ann");
const ben = await joined(` ${sessionCode.toLowerCase()} `, "Ben");
const people = await count;

const pollData = { question: "Which?", options: ["red", "green"], votes: [9, 9] };
const updated = once(ann.student, "poll:stateUpdate", (state) => state.pollData.question === "Which?");
teacher.emit("session:poll:update", { ...about, pollData });
const stateUpdate = await updated;
const ballot = (optionIndex) => ({ sessionCode, widgetId: "w1", optionIndex });
const voted = "session:poll:voteConfirmed";
const whilePaused = await ask(ben.student, voted, "session:poll:vote", ballot(0));
const opened = once(ben.student, "session:widgetStateChanged", (state) => state.isActive);
teacher.emit("session:updateWidgetState", { ...about, isActive: true });
const widgetState = await opened;

const total = (number) => (state) => state.totalVotes === number;
const heard = [teacher, ann.student, ben.student].map((socket) => once(socket, "poll:voteUpdate", total(2)));
const firstVote = await ask(ann.student, voted, "session:poll:vote", ballot(0));
const secondVote = await ask(ann.student, voted, "session:poll:vote", ballot(1));
await ask(ben.student, voted, "session:poll:vote", ballot(1));
const tallies = await Promise.all(heard);
const late = await ask(ben.student, "poll:stateUpdate", "poll:requestState", { sessionCode, widgetId: "w1" });

const emptied = once(ann.student, "poll:voteUpdate", total(0));
teacher.emit("session:reset", { sessionCode, widgetId: "w1" });
const reset = await emptied;
const left = once(ann.student, "session:hostDisconnected");
teacher.disconnect();
await left;

const result = { created, made, elsewhere, ann: ann.reply, ben: ben.reply, people, stateUpdate, whilePaused, widgetState };
Object.assign(result, { firstVote, secondVote, tallies, late, reset });
process.stdout.write(JSON.stringify(result));
process.exit(0);
