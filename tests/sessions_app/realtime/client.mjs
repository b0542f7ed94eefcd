// The unmodified npm client against a live server: `node client.mjs <base URL> <mode>` prints what it saw as JSON.
import { io } from "socket.io-client";

const [base, mode] = process.argv.slice(2);
const transports = { polling: ["polling"], websocket: ["websocket"], default: undefined }[mode];

const open = (auth, options = {}) =>
  io(base, { path: "/roomy/", auth, transports, forceNew: true, reconnectionDelay: 10, reconnectionDelayMax: 50, ...options });
const once = (emitter, name) => new Promise((resolve) => emitter.once(name, (...args) => resolve(args)));

async function acks() {
  const socket = open({ token: "abc" });
  const [auth] = await once(socket, "auth");
  const ack = await socket.timeout(10000).emitWithAck("message-with-ack", 1, "zwei", { drei: [null, true, "ü😀"] });
  socket.on("question", (word, reply) => reply(word.toUpperCase(), 2));
  socket.emit("ask", "really");
  const answered = await once(socket, "answered");
  socket.disconnect();
  return { auth, ack, answered };
}

async function binary() {
  const socket = open();
  await once(socket, "auth");
  socket.emit("message", Buffer.from([1, 2, 3]), { deep: [Buffer.from([4, 5])] });
  const [first, second] = await once(socket, "message-back");
  const ack = await socket.timeout(10000).emitWithAck("message-with-ack", Buffer.from([6]));
  socket.disconnect();
  return { first: [...first], second: [...second.deep[0]], ack: [...ack] };
}

async function burst() {
  const socket = open();
  const up = [];
  const down = [];
  await once(socket, "auth");
  await new Promise((resolve) => {
    const done = () => up.length === 500 && down.length === 500 && resolve();
    socket.on("message-back", (number) => done(up.push(number)));
    socket.on("tick", (number) => done(down.push(number)));
    socket.emit("burst", 500);
    for (let number = 0; number < 500; number += 1) socket.emit("message", number);
  });
  socket.disconnect();
  const inOrder = (numbers) => numbers.every((number, index) => number === index);
  return { up: inOrder(up), down: inOrder(down) };
}

async function upgrade() {
  const socket = open();
  await once(socket, "connect");
  if (mode === "default" && socket.io.engine.transport.name !== "websocket") await once(socket.io.engine, "upgrade");
  const echoed = await socket.timeout(10000).emitWithAck("message-with-ack", "after");
  const transport = socket.io.engine.transport.name;
  socket.disconnect();
  return { echoed, transport };
}

async function refusal() {
  const socket = open({ refuse: true });
  const [error] = await once(socket, "connect_error");
  socket.disconnect();
  return { message: error.message, data: error.data };
}

async function reconnect() {
  const socket = open();
  await once(socket, "auth");
  const first = socket.id;
  socket.emit("drop-line");
  await once(socket, "disconnect");
  await once(socket, "auth");
  const echoed = await socket.timeout(10000).emitWithAck("message-with-ack", "back");
  const renewed = socket.id !== first;
  socket.disconnect();
  return { echoed, renewed, recovered: Boolean(socket.recovered) };
}

async function recovery() {
  const socket = open({ recovery: true });
  const missed = [];
  socket.on("missed", (number) => missed.push(number));
  await once(socket, "auth");
  const first = socket.id;
  const welcome = once(socket, "welcome-back");
  socket.io.engine.close();
  await welcome;
  const recovered = socket.recovered;
  const same = socket.id === first;
  const echoed = await socket.timeout(10000).emitWithAck("message-with-ack", "back");
  socket.disconnect();
  return { recovered, same, missed, echoed };
}

async function serverLeaves() {
  const socket = open();
  await once(socket, "auth");
  socket.emit("leave");
  const [reason] = await once(socket, "disconnect");
  socket.disconnect();
  return { reason };
}

const scenarios = { acks, binary, burst, upgrade, refusal, reconnect, recovery, serverLeaves };
const results = {};
setTimeout(() => {
  process.stderr.write(`only these ended: ${Object.keys(results)}`);
  process.exit(1);
}, Number(process.env.CLIENT_PATIENCE_MS ?? 30000));
await Promise.all(
  Object.entries(scenarios).map(async ([name, scenario]) => {
    results[name] = await scenario();
  }),
);
process.stdout.write(JSON.stringify(results));
process.exit(0);
