// An invented city for working on the room without the Rust server. Everything here is made up and says so: the
// clock is `simulated`, the credits name it, and the map's outlines are read at run time from the shared data.
import { readFileSync, existsSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const SHARED = process.env.VONGLAU_SHARED ?? "../../shared";

/** A small seeded generator, so that two runs show the same city. */
export function chance(seed) {
  let s = seed >>> 0;
  const next = () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { next, int: (n) => Math.floor(next() * n), pick: (list) => list[Math.floor(next() * list.length)] };
}

export const stamp = (ms) => new Date(ms + 7 * 3_600_000).toISOString().replace(/\.\d+Z$/, "+07:00");
const SERVICES = ["certification", "civil_status", "land", "business", "construction", "social", "transport"];
const AGENCIES = ["dept/finance", "dept/justice", "dept/construction", "dept/home-affairs"];

export function readUnits() {
  const file = `${SHARED}/data/hanoi/hanoi_126_simpl15m.geojson`;
  if (!existsSync(file)) throw new Error(`no ${file}: set VONGLAU_SHARED to the shared folder`);
  const { features } = JSON.parse(readFileSync(file, "utf8"));
  return features;
}

export function readRoads() {
  const file = `${SHARED}/data/roads/hanoi_osm_busroads_unique.geojson.gz`;
  if (!existsSync(file)) return { type: "FeatureCollection", features: [] };
  const { features } = JSON.parse(gunzipSync(readFileSync(file)).toString("utf8"));
  const lines = features.flatMap(({ geometry: g }) => (g.type === "LineString" ? [g.coordinates] : g.coordinates));
  return {
    type: "FeatureCollection",
    features: [{ type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: lines.map((line) => line.map(([x, y]) => [+x.toFixed(5), +y.toFixed(5)])) } }],
  };
}

function seats() {
  const file = `${SHARED}/data/hanoi/old_district_seats.csv`;
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8").trim().split("\n").slice(1).map((line) => {
    const cells = line.match(/("[^"]*"|[^,]*)(,|$)/g).map((cell) => cell.replace(/,$/, "").replace(/^"|"$/g, ""));
    return { district: cells[0], unit: cells[1], lon: +cells[3], lat: +cells[4] };
  });
}

export const unitsAnswer = (features) => ({
  type: "FeatureCollection",
  features: features.map(({ geometry, properties: p }) => ({
    type: "Feature",
    geometry,
    properties: { code: p.code, name: p.name, kind: p.kind === "phuong" ? "ward" : "commune", population: p.pop, area_km2: p.area_legal },
  })),
});

const round = (v) => (v === null ? null : Math.round(v * 10) / 10);

function spread(mean, started, hour) {
  const has = started > 0 && mean !== null;
  const base = {
    visits: started + 3, started, mean_wait_s: has ? round(mean) : null, p50_wait_s: has ? round(mean * 0.82) : null,
    p90_wait_s: has ? round(mean * 2.05) : null, p95_wait_s: has ? round(mean * 2.5) : null,
    over_15min: has ? Math.round(started * Math.max(0.01, Math.min(0.7, (mean - 250) / 1400))) : 0,
  };
  if (hour) return base;
  const finished = Math.max(0, started - 2);
  return { ...base, finished, abandoned: Math.floor(started / 40), mean_transaction_s: has ? round(290 + mean / 12) : null };
}

export class MockCity {
  constructor(features) {
    this.luck = chance(20261123);
    this.now = Date.parse("2026-11-23T09:12:40+07:00");
    this.position = 81_000;
    this.accepted = 81_236;
    this.sites = features.map(({ properties: p }) => this.#site(p.code, `Điểm phục vụ hành chính công ${p.name}`, "point", p.code, p.hq_lon, p.hq_lat, p.hq_src[0]));
    for (const [i, seat] of seats().entries()) {
      const name = `Chi nhánh số ${i + 1}, ${seat.district}`;
      this.sites.push(this.#site(`CN${String(i + 1).padStart(2, "0")}`, name, "branch", seat.unit, seat.lon, seat.lat, "unconfirmed"));
    }
    this.sites.push({ ...this.#site("waw/wola", null, null, null, null, null, null), registered: false, mood: "board" });
  }

  #site(id, name, kind, unit, lon, lat, coord_class) {
    const roll = this.luck.next();
    const mood = roll < 0.05 ? "over" : roll < 0.17 ? "busy" : roll < 0.8 ? "calm" : roll < 0.84 ? "closed" : roll < 0.9 ? "board" : "mute";
    const counters = kind === "branch" ? 6 : 3 + this.luck.int(3);
    const mean = { over: 930 + this.luck.int(420), busy: 620 + this.luck.int(100), calm: 180 + this.luck.int(240), closed: 260, board: null, mute: null }[mood];
    const waiting = { over: 9 + this.luck.int(12), busy: 5 + this.luck.int(5), calm: this.luck.int(4), closed: 0, board: 5, mute: 0 }[mood];
    return { id, name, kind, unit, lon, lat, coord_class, registered: true, mood, counters, mean, waiting, started: 40 + this.luck.int(60), last: this.now - this.luck.int(120_000), overdue: this.luck.next() < 0.1 ? 1 + this.luck.int(4) : 0, number: 30 + this.luck.int(60) };
  }

  summary(s) {
    const day = spread(s.mean === null ? null : s.mean * 0.8, s.mood === "mute" || s.mood === "board" ? 0 : s.started, false);
    const hour = spread(s.mean, s.mood === "mute" || s.mood === "board" || s.mood === "closed" ? 0 : Math.round(s.started / 5), true);
    const longest = s.waiting > 0 ? Math.round(s.mean * 1.1 + s.waiting * 8) : null;
    const reasons = [];
    let state = "ok";
    if (s.mood === "mute") { state = "no_data"; reasons.push(s.number % 2 ? "never_heard" : "silent"); }
    else if (s.mood === "closed") { state = "closed"; reasons.push("closed"); }
    else if (s.mood !== "board") {
      if (s.mean > 900) { state = "over"; reasons.push("wait_over"); }
      if (longest > 900) { state = "over"; reasons.push("longest_over"); }
      if (state !== "over" && s.mean > 600) { state = "busy"; reasons.push("wait_high"); }
    }
    if (s.overdue > 0 && s.mood !== "mute") reasons.push("overdue");
    const attention = { over: 60, busy: 35, ok: 4, closed: 0, no_data: 20 }[state] + Math.min(35, s.waiting) + s.overdue;
    const known = s.mood !== "mute";
    return {
      id: s.id, name: s.name, kind: s.kind, unit: s.unit, lon: s.lon, lat: s.lat, coord_class: s.coord_class, registered: s.registered,
      state, reasons, attention, last_event_at: known || s.number % 2 === 0 ? stamp(known ? s.last : s.last - 2_400_000) : null,
      queue: known ? { waiting: s.waiting, longest_wait_s: s.mood === "board" ? null : longest, source: s.mood === "board" ? "board" : "tickets" } : null,
      open_counters: known ? (s.mood === "closed" ? 0 : s.counters) : null, day, hour,
      dossiers: { in_progress: known ? 20 + s.number : 0, due_today: known ? s.number % 5 : 0, overdue: known ? s.overdue : 0 },
      ratings: known && s.mood !== "board" ? { ratings: 6 + (s.number % 9), satisfied_share: 0.86 + (s.number % 14) / 100 } : { ratings: 0, satisfied_share: null },
    };
  }

  figures() {
    const all = this.sites.map((s) => this.summary(s));
    const sum = (of) => all.reduce((total, s) => total + (of(s) ?? 0), 0);
    const mean = (of, n) => { const w = sum(n); return w > 0 ? round(all.reduce((t, s) => t + (of(s) ?? 0) * n(s), 0) / w) : null; };
    const states = { total: all.length, ok: 0, busy: 0, over: 0, closed: 0, no_data: 0 };
    for (const s of all) states[s.state] += 1;
    const n = 2100;
    const p = 0.957;
    const half = 1.96 * Math.sqrt((p * (1 - p)) / n);
    const part = (key, hour) => {
      const started = sum((s) => s[key].started);
      const m = mean((s) => s[key].mean_wait_s, (s) => s[key].started);
      return { ...spread(m, started, hour), visits: sum((s) => s[key].visits), over_15min: sum((s) => s[key].over_15min) };
    };
    return {
      day: part("day", false), hour: part("hour", true), waiting: sum((s) => (s.queue?.source === "tickets" ? s.queue.waiting : 0)), waiting_boards: sum((s) => (s.queue?.source === "board" ? s.queue.waiting : 0)),
      longest_wait_s: Math.max(...all.map((s) => s.queue?.longest_wait_s ?? 0)), open_counters: sum((s) => s.open_counters), sites: states,
      dossiers: { in_progress: sum((s) => s.dossiers.in_progress), due_today: sum((s) => s.dossiers.due_today), overdue: sum((s) => s.dossiers.overdue), submitted_today: 9012, resolved_today: 8716, resolved_overdue_today: 21 },
      ratings: { ratings: n, mean_score: 4.6, satisfied: Math.round(n * p), satisfied_share: p, low: +(p - half).toFixed(4), high: +(p + half).toFixed(4) },
      transaction_over_15min_per_dossier: 12, targets: { wait_s: 900, transaction_s: 900, satisfied_share: 0.95, overdue: 0 },
    };
  }

  clock = () => ({ mode: "events", simulated: true, day: stamp(this.now).slice(0, 10) });
  source = () => ({ accepted: this.accepted, duplicate: 118, conflicting: 2, rejected: 7, last_event_at: stamp(this.now - 900), last_received_at: stamp(this.now - 700) });

  city() {
    return Object.fromEntries([["clock", this.clock()], ["figures", this.figures()], ["source", this.source()], ...this.sites.map((s) => [`site/${s.id}`, this.summary(s)])]);
  }

  site(id) {
    const s = this.sites.find((one) => one.id === id);
    if (!s) return null;
    const data = { clock: this.clock(), summary: this.summary(s) };
    const live = s.mood !== "mute" && s.mood !== "board";
    if (live) {
      for (const [i, service] of SERVICES.slice(0, 4).entries()) {
        const started = Math.round(s.started / (i + 2));
        data[`service/${service}`] = { service, waiting: Math.max(0, Math.round(s.waiting / (i + 1.6)) - (i > 2 ? 1 : 0)), longest_wait_s: s.waiting > i ? round(s.mean * (1.5 - i * 0.2)) : null, day: spread(s.mean * (1 - i / 9), started, false), hour: spread(s.mean * (1 - i / 9), Math.round(started / 5), true) };
      }
      for (let i = 1; i <= s.counters; i += 1) {
        const state = s.mood === "closed" ? "closed" : i === s.counters ? "paused" : "open";
        data[`counter/${i}`] = { counter: String(i), state, services: SERVICES.slice(0, 3), performer: i === 2 ? "postal" : "official", serving: state === "open" ? `A${String(s.number - i).padStart(3, "0")}` : null, since: stamp(this.now - i * 410_000), day: spread(s.mean, Math.round(s.started / s.counters), false) };
      }
      const wave = (i, of) => Math.max(0, of * (0.45 + 0.55 * Math.sin(i / 3.6 + s.number)));
      const columns = Array.from({ length: 24 }, (_, i) => i);
      data.waits = {
        bucket_s: 300, from: stamp(this.now - (this.now % 300_000) - 23 * 300_000),
        mean_wait_s: columns.map((i) => (i === 7 || i === 8 ? null : round(wave(i, s.mean * 1.2) + 60))), issued: columns.map((i) => Math.round(wave(i + 2, 7))),
        started: columns.map((i) => (i === 7 || i === 8 ? 0 : Math.round(wave(i + 1, 6)))), waiting: columns.map((i) => (i === 23 ? s.waiting : Math.round(wave(i + 1, s.waiting * 1.1)))),
      };
    } else data.waits = { bucket_s: 300, from: stamp(this.now), mean_wait_s: Array(24).fill(null), issued: Array(24).fill(0), started: Array(24).fill(0), waiting: Array(24).fill(null) };
    if (s.mood === "board" || s.number % 3 === 0) data["board/certification"] = { service: "certification", waiting: s.waiting, open_counters: 2, serving: "B041", service_seconds: 340, at: stamp(this.now - 45_000) };
    return data;
  }

  coverage = () => ({ summary: { rule: "any", minutes: 30, km: 5, mode: "motorbike", population: 8807523, covered: 8640112, share: 0.981, far_population: 402311 } });

  /** One second of the city: a few things happen, each as a feed entry. */
  tick(seconds = 1) {
    this.now += seconds * 1000;
    const entries = [];
    for (let i = 0; i < 3; i += 1) {
      const s = this.luck.pick(this.sites.filter((one) => one.mood !== "mute" && one.mood !== "closed" && one.registered));
      s.last = this.now;
      const type = this.luck.pick(["ticket.issued", "ticket.called", "ticket.started", "ticket.finished", "ticket.issued", "ticket.abandoned", "rating.given", "dossier.submitted", "dossier.accepted", "dossier.resolved", "dossier.transferred", "counter.paused"]);
      if (type === "ticket.issued") { s.waiting += 1; s.number += 1; }
      if (type === "ticket.started" && s.waiting > 0) { s.waiting -= 1; s.started += 1; }
      if (s.mean !== null) s.mean = Math.max(60, s.mean + (this.luck.next() - 0.5) * 14);
      const [group] = type.split(".");
      const detail = group === "ticket" ? { ticket: `A${String(s.number % 1000).padStart(3, "0")}`, counter: String(1 + this.luck.int(s.counters)), service: this.luck.pick(SERVICES) }
        : group === "dossier" ? { dossier: `000.00.01.H26-261123-${String(1000 + this.luck.int(8999))}`, agency: this.luck.pick(AGENCIES) }
        : group === "rating" ? { score: 3 + this.luck.int(3) } : { counter: String(1 + this.luck.int(s.counters)) };
      this.position += 1;
      this.accepted += 1;
      entries.push([`e/${this.position}`, { at: stamp(this.now - i * 300), received_at: stamp(this.now), type, site: s.id, name: s.name, detail }]);
    }
    return entries;
  }

  /** A ticket for tests and for trying things out by hand. */
  issue(id) {
    const s = this.sites.find((one) => one.id === id);
    if (!s) return false;
    s.waiting += 1;
    s.last = this.now;
    if (s.mood === "mute") [s.mood, s.mean] = ["calm", 200];
    return true;
  }
}
