// Baseline: the class server that one would write first. Votes live in memory, every vote is broadcast to everyone.
// Usage: node node_naive_class.mjs --port N [--coalesce-ms 100]   (with coalescing: one broadcast per room and interval)
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { Server } from "socket.io";

const { values } = parseArgs({ options: { port: { type: "string" }, "coalesce-ms": { type: "string", default: "0" } } });
const coalesceMs = Number(values["coalesce-ms"]);
const http = createServer((_request, response) => response.end("ready"));
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });
const sessions = new Map();

const describe = (session, roomType, widgetId) => ({
  code: session.code,
  widgetId,
  type: roomType,
  isActive: session.rooms.get(widgetId).isActive,
  participantCount: session.participants.size,
});

function announce(session, widgetId) {
  const { votes, totalVotes } = session.rooms.get(widgetId);
  io.to(session.code).emit("poll:voteUpdate", { widgetId, votes, totalVotes });
}

function changed(session, widgetId) {
  if (!coalesceMs) return announce(session, widgetId);
  const room = session.rooms.get(widgetId);
  room.timer ??= setTimeout(() => {
    room.timer = null;
    announce(session, widgetId);
  }, coalesceMs);
}

io.on("connection", (socket) => {
  socket.on("session:create", (_options, ack) => {
    const code = String(10000 + sessions.size);
    sessions.set(code, { code, host: socket.id, participants: new Map(), rooms: new Map() });
    socket.join(code);
    ack({ success: true, code, hostToken: "none" });
  });

  socket.on("session:createRoom", ({ sessionCode, roomType, widgetId }, ack) => {
    const session = sessions.get(sessionCode);
    session.rooms.set(widgetId, { isActive: false, options: [], votes: {}, totalVotes: 0, voters: new Set(), timer: null });
    const roomData = describe(session, roomType, widgetId);
    ack({ success: true, isExisting: false, roomData });
    io.to(sessionCode).emit("session:roomCreated", { roomType, widgetId, roomData });
  });

  socket.on("session:poll:update", ({ sessionCode, widgetId, pollData }) => {
    const room = sessions.get(sessionCode).rooms.get(widgetId);
    Object.assign(room, { options: pollData.options, question: pollData.question });
    io.to(sessionCode).emit("poll:stateUpdate", { widgetId, ...pollData, results: { votes: room.votes, totalVotes: 0 } });
  });

  socket.on("session:updateWidgetState", ({ sessionCode, roomType, widgetId, isActive }) => {
    sessions.get(sessionCode).rooms.get(widgetId).isActive = isActive;
    io.to(sessionCode).emit("session:widgetStateChanged", { roomType, widgetId, isActive });
  });

  socket.on("session:join", ({ code, name }) => {
    const session = sessions.get(code);
    if (!session) return socket.emit("session:joined", { success: false, error: "Session not found" });
    session.participants.set(socket.id, { name, studentId: socket.id, joinedAt: Date.now(), socketId: socket.id });
    socket.join(code);
    const activeRooms = [...session.rooms.keys()].map((id) => ({
      roomType: "poll",
      widgetId: id,
      room: describe(session, "poll", id),
    }));
    socket.emit("session:joined", { success: true, activeRooms, participantId: socket.id });
    io.to(session.host).emit("session:participantUpdate", {
      count: session.participants.size,
      participants: [...session.participants.values()],
    });
  });

  socket.on("session:poll:vote", ({ sessionCode, widgetId, optionIndex }) => {
    const session = sessions.get(sessionCode);
    const room = session?.rooms.get(widgetId);
    const refuse = (code) => socket.emit("session:poll:voteConfirmed", { success: false, widgetId, error: { code } });
    if (!room || !session.participants.has(socket.id)) return refuse("NOT_PARTICIPANT");
    if (!room.isActive) return refuse("WIDGET_PAUSED");
    if (room.voters.has(socket.id)) return refuse("ALREADY_VOTED");
    if (!(optionIndex >= 0 && optionIndex < room.options.length)) return refuse("INVALID_INPUT");
    room.voters.add(socket.id);
    room.votes[optionIndex] = (room.votes[optionIndex] ?? 0) + 1;
    room.totalVotes += 1;
    socket.emit("session:poll:voteConfirmed", { success: true, widgetId });
    changed(session, widgetId);
  });
});

http.listen(Number(values.port), "127.0.0.1");
