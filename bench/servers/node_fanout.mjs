// Baseline: a Node socket.io server that broadcasts when it is asked to. Usage: node node_fanout.mjs --port N
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { Server } from "socket.io";

const { values } = parseArgs({ options: { port: { type: "string" } } });
const http = createServer((_request, response) => response.end("ready"));
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });

// `{"seq":100000,"pad":"…"}` is `bytes` long.
const padding = (bytes) => "x".repeat(Math.max(0, bytes - 23));

io.on("connection", (socket) => {
  socket.on("bench:enter", (_options, ack) => {
    socket.join("bench");
    ack({ success: true });
  });
  socket.on("bench:burst", ({ first, count, bytes }) => {
    const pad = padding(bytes);
    for (let seq = first; seq < first + count; seq++) io.to("bench").emit("bench:message", { seq, pad });
  });
});

http.listen(Number(values.port), "127.0.0.1");
