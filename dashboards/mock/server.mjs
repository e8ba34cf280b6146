// The live-view protocol over an invented city, and the built page: `npm run build && npm run mock`.
//   POST /mock/issue?site=00004   a ticket is given there
//   POST /mock/drop               every socket is closed
//   POST /mock/away?seconds=20    closed, and refused for that long
//   POST /mock/restart            a new epoch: nobody can be given what they missed
//   POST /mock/hold, /mock/go     the city stands still, and goes on
//   POST /mock/alerts?n=3&priority=high   alerts are raised at the desk, which begins with MOCK_ALERTS of them (40)
import { createServer } from "node:http";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { MockDesk, Refused } from "./desk.mjs";
import { answerOf } from "./deskroutes.mjs";
import { MockPlanner } from "./planner.mjs";
import { isPlanned, plannedAnswer } from "./plannerroutes.mjs";
import { MockCity, readRoads, readUnits, stamp, unitsAnswer } from "./city.mjs";

const PORT = Number(process.env.PORT ?? 8090);
const DIST = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const KEPT = 200;
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml" };
// The policy that the page is meant to live under.
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const features = readUnits();
const city = new MockCity(features);
const desk = new MockDesk(city, Number(process.env.MOCK_ALERTS ?? 40));
const planner = new MockPlanner(features, city);
let epoch = "mock-1";
let awayUntil = 0;
let held = process.env.MOCK_HELD === "1";

/** A keyed view: its state, its offset, and the last deltas for those who come back. */
class View {
  constructor(topic, make) {
    Object.assign(this, { topic, make, data: make(), offset: 1, deltas: [], readers: new Set() });
  }

  step(next) {
    const set = {};
    for (const [key, value] of Object.entries(next)) if (this.data[key] !== value && JSON.stringify(this.data[key]) !== JSON.stringify(value)) set[key] = value;
    const remove = Object.keys(this.data).filter((key) => !(key in next));
    this.data = next;
    if (Object.keys(set).length === 0 && remove.length === 0) return;
    const delta = { topic: this.topic, epoch, prev: this.offset, offset: this.offset + 1, kind: "delta", as_of: stamp(city.now), data: { set, remove } };
    this.offset += 1;
    this.deltas.push(delta);
    if (this.deltas.length > KEPT) this.deltas.shift();
    const text = JSON.stringify(delta);
    for (const socket of this.readers) socket.send(text);
  }

  answer(since) {
    const known = since?.epoch === epoch && since.offset <= this.offset && since.offset >= this.offset - this.deltas.length;
    const head = { topic: this.topic, epoch, offset: this.offset, as_of: stamp(city.now) };
    if (!known) return { ...head, kind: "snapshot", recovered: false, data: this.data };
    const set = new Map();
    const remove = new Set();
    for (const { data } of this.deltas.filter((delta) => delta.offset > since.offset)) {
      for (const key of data.remove) { remove.add(key); set.delete(key); }
      for (const [key, value] of Object.entries(data.set)) { remove.delete(key); set.set(key, value); }
    }
    return { ...head, kind: "delta", recovered: true, prev: since.offset, data: { set: Object.fromEntries(set), remove: [...remove] } };
  }
}

const feed = new Map();
const views = new Map();
function view(topic) {
  const make = {
    city: () => city.city(),
    feed: () => Object.fromEntries(feed),
    coverage: () => city.coverage(),
    alerts: () => desk.view(),
  }[topic] ?? (topic.startsWith("site/") && city.site(decodeURIComponent(topic.slice(5))) ? () => city.site(decodeURIComponent(topic.slice(5))) : null);
  if (!make) return null;
  if (!views.has(topic)) views.set(topic, new View(topic, make));
  return views.get(topic);
}

function stepAll() {
  for (const [key, value] of city.tick()) feed.set(key, value);
  for (const key of [...feed.keys()].slice(0, -100)) feed.delete(key);
  desk.tick();
}
setInterval(() => {
  if (!held) stepAll();
  for (const one of views.values()) one.step(one.make());
}, 1000);

const answers = {
  "/api/v1/map/units": () => unitsAnswer(features),
  "/api/v1/map/roads": readRoads,
  "/api/v1/sites": () => ({ sites: city.sites.map(({ id, name, kind, unit, lon, lat }) => ({ id, name, kind, unit, lon, lat })) }),
  "/api/v1/about": () => ({
    version: "mock",
    pack: { version: "mock", credits: ["Số liệu mô phỏng, không có thật", "Ranh giới: Nhà xuất bản Tài nguyên – Môi trường và Bản đồ Việt Nam, qua thanglequoc/vietnamese-provinces-database (MIT)", "Dân số: WorldPop (CC BY 4.0)", "Đường: © OpenStreetMap contributors (ODbL 1.0)"] },
    clock: { mode: "events", simulated: true },
  }),
};
const made = new Map();

/** A question to the desk, or something done at it, which the topic shows at once. */
async function atDesk(request, url, send) {
  let text = "";
  for await (const chunk of request) text += chunk;
  try {
    const answer = answerOf(desk, request.method, url, text === "" ? {} : JSON.parse(text));
    if (request.method !== "GET") views.get("alerts")?.step(desk.view());
    send(200, "application/json", JSON.stringify(answer));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    send(error.status, "application/problem+json", JSON.stringify({ status: error.status, code: error.code, detail: error.message }));
  }
}

/** A question about where points should be. */
async function planned(request, url, send) {
  let text = "";
  for await (const chunk of request) text += chunk;
  try {
    const answer = plannedAnswer(planner, request.method, url, text === "" ? {} : JSON.parse(text));
    if (typeof answer.text === "string") send(200, answer.type, answer.text, { "content-disposition": "attachment" });
    else send(200, "application/json", gzipSync(JSON.stringify(answer), { level: 1 }), { "content-encoding": "gzip" });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    send(error.status, "application/problem+json", JSON.stringify({ status: error.status, code: error.code, detail: error.message }));
  }
}

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://mock");
  const send = (status, type, body, extra = {}) => response.writeHead(status, { "content-type": type, "content-security-policy": POLICY, ...extra }).end(body);
  if (request.method === "POST" && url.pathname.startsWith("/mock/")) {
    const order = url.pathname.slice(6);
    if (order === "issue") city.issue(url.searchParams.get("site"));
    if (order === "alerts") {
      for (let i = 0; i < Number(url.searchParams.get("n") ?? 1); i += 1) desk.raise(city.now, url.searchParams.get("priority"));
      views.get("alerts")?.step(desk.view());
    }
    if (order === "hold") held = true;
    if (order === "go") held = false;
    if (order === "restart") { epoch = `mock-${Date.now()}`; views.clear(); }
    if (order === "away") awayUntil = Date.now() + 1000 * Number(url.searchParams.get("seconds") ?? 20);
    if (["drop", "restart", "away"].includes(order)) for (const socket of sockets.clients) socket.terminate();
    return send(200, "text/plain", "ok\n");
  }
  // Open to its own machine: nobody signs in.
  if (url.pathname === "/api/v1/session") return void send(200, "application/json", JSON.stringify({ who: "machine", role: "shift_lead", role_vi: "", by: "open", stage: "full" }));
  if (url.pathname === "/api/v1/alerts" || url.pathname.startsWith("/api/v1/alerts/")) return void atDesk(request, url, send);
  if (isPlanned(url.pathname)) return void planned(request, url, send);
  if (answers[url.pathname]) {
    if (!made.has(url.pathname)) made.set(url.pathname, gzipSync(JSON.stringify(answers[url.pathname]())));
    const body = made.get(url.pathname);
    const etag = `"${createHash("sha1").update(body).digest("hex").slice(0, 16)}"`;
    if (request.headers["if-none-match"] === etag) return send(304, "application/json", "");
    return send(200, "application/json", body, { "content-encoding": "gzip", etag });
  }
  const path = join(DIST, normalize(url.pathname === "/" ? "/index.html" : url.pathname));
  if (!path.startsWith(DIST) || !existsSync(path) || !statSync(path).isFile()) return send(404, "text/plain", "not found\n");
  return send(200, TYPES[extname(path)] ?? "application/octet-stream", readFileSync(path));
});

const sockets = new WebSocketServer({ noServer: true });
server.on("upgrade", (request, socket, head) => {
  if (request.url !== "/ws" || Date.now() < awayUntil) return socket.destroy();
  return sockets.handleUpgrade(request, socket, head, (ws) => {
    ws.on("message", (text) => {
      const frame = JSON.parse(String(text));
      if (frame.op === "ping") return ws.send(JSON.stringify({ kind: "pong" }));
      const found = view(frame.topic);
      if (!found) return ws.send(JSON.stringify({ kind: "error", code: "unknown_topic", message: `no topic ${frame.topic}`, topic: frame.topic }));
      if (frame.op === "unsubscribe") return found.readers.delete(ws);
      ws.send(JSON.stringify(found.answer(frame.since)));
      return found.readers.add(ws);
    });
    ws.on("close", () => { for (const one of views.values()) one.readers.delete(ws); });
  });
});

for (let i = 0; i < 40; i += 1) stepAll();
server.listen(PORT, "127.0.0.1", () => console.log(`mock room: http://127.0.0.1:${PORT}`));
