// An invented alert desk over the invented city (`docs/alerts.md`): cases that are raised, go, come back and are worked
// on, so that the page can be made without a server. All of it is simulated, and the topic's clock says so.
import { chance, stamp } from "./city.mjs";
import { readRules } from "./rules.mjs";

const ALLOWED = {
  new: ["acknowledge", "assign", "explain", "urge", "answer", "shelve"], acknowledged: ["assign", "explain", "urge", "answer", "shelve"],
  returned: ["acknowledge", "assign", "explain", "urge", "answer", "close"], settled: ["assign", "explain", "urge", "answer", "close"],
  shelved: ["assign", "explain", "urge", "answer", "shelve", "unshelve"], suppressed: ["assign", "explain"], closed: ["explain", "urge", "answer"],
};
const AGENCIES = ["dept/justice", "dept/construction", "dept/home-affairs", "dept/finance", "dept/health"];
const OF_AGENCY = ["deadline", "due_soon", "hand_over", "supplement", "digitise", "unanswered", "stopped", "feedback"];
const KINDS = { source: "city", plan: "task", training: "agency", receiver: "city" };
const CLOSED_KEPT = 300;
const SETTLE_MS = 600_000;
const SEAT = /^[A-Za-z0-9._:/-]{1,64}$/;

/** What was refused, as a problem document has it. */
export class Refused extends Error {
  constructor(status, code, detail) {
    super(detail);
    Object.assign(this, { status, code });
  }
}

export class MockDesk {
  constructor(city, n) {
    Object.assign(this, { city, luck: chance(766), rules: readRules(), own: null, open: new Map(), closed: [], lines: new Map(), number: 0, urges: 0 });
    // About four in five are low, three in twenty medium, one in twenty high.
    this.byPriority = Object.fromEntries(["low", "medium", "high"].map((one) => [one, this.rules.filter((rule) => rule.priority === one)]));
    for (let i = 0; i < n; i += 1) this.#begin(i);
    if (n === 0) return;
    this.raise(city.now - 420_000, "high");
    this.#receiver();
  }

  /** One that stood already: its age, and what was done with it, are drawn by lot. */
  #begin(i) {
    const one = this.raise(this.city.now - (60 + this.luck.int(i < 100 ? 9_000 : 30_000)) * 1_000);
    const roll = this.luck.next();
    const at = Date.parse(one.raised_at) + 90_000;
    if (roll < 0.45) return;
    if (roll < 0.7) this.#put(one, { state: "acknowledged", acknowledged_at: stamp(at), acknowledged_by: this.luck.pick(["ca-1", "ca-2", "ca-3"]) }, "acknowledge", at);
    else if (roll < 0.8) this.#put(one, { state: "returned", standing: false, returned_at: stamp(at + 60_000) }, "normal", at + 60_000);
    else if (roll < 0.88) this.#put(one, { state: "settled", standing: false, acknowledged_at: stamp(at), acknowledged_by: "ca-2", returned_at: stamp(this.city.now - this.luck.int(SETTLE_MS)) }, "normal", at);
    else if (roll < 0.94) this.#put(one, { state: "shelved", shelved_until: stamp(this.city.now + 3_600_000), shelved_reason: "Mô phỏng: chờ kỹ thuật" }, "shelve", at);
    else this.#put(one, { state: "suppressed", suppressed_by: "a-1" }, "suppressed", at);
  }

  #receiver() {
    const since = this.city.now - 1_500_000;
    const reason = { rule: "receiver_dead", since: stamp(since), until: null, value: 1_500, sample: 12, limit: 900, unit: "s" };
    this.receiver = this.#add({ group: "receiver", rule: "receiver_dead", priority: "medium", owner: "operator" }, { kind: "city", id: "hotline", name: "hotline" }, since + 900_000, [reason], {}).id;
  }

  #subject(group) {
    const kind = KINDS[group] ?? (OF_AGENCY.includes(group) ? "agency" : "site");
    if (kind === "site") { const { id, name } = this.luck.pick(this.city.sites); return { kind, id, name: name ?? id }; }
    if (kind === "agency") { const id = this.luck.pick(AGENCIES); return { kind, id, name: id }; }
    return kind === "task" ? { kind, id: `NV-${1 + this.luck.int(40)}`, name: null } : { kind, id: "city", name: "city" };
  }

  #add({ group, rule, priority, owner }, subject, at, reasons, change) {
    this.number += 1;
    const one = {
      id: `a-${this.number}`, group, rule, subject, site: subject.kind === "site" ? subject.id : null, agency: subject.kind === "agency" ? subject.id : null, priority, owner,
      state: "new", standing: true, since: reasons[0].since, raised_at: stamp(at), changed_at: stamp(at), returned_at: null, closed_at: null, corrected: null, times: 1, reasons, members: [], over: [],
      assigned_to: null, acknowledged_at: null, acknowledged_by: null, escalated_at: null, shelved_until: null, shelved_reason: null, suppressed_by: null, explanations: [], urges: [], ...change,
    };
    this.lines.set(one.id, [{ at: one.raised_at, what: "raised", by: null, text: null }]);
    this.open.set(one.id, one);
    return one;
  }

  /** A new case; `priority` draws lots where it is not given. */
  raise(at = this.city.now, priority = null) {
    const roll = this.luck.next();
    const rule = this.luck.pick(this.byPriority[priority ?? (roll < 0.78 ? "low" : roll < 0.95 ? "medium" : "high")]);
    const over = rule.side === "over" ? 1.1 + this.luck.next() : 0.9 - this.luck.next() / 10;
    const value = rule.unit === "share" || rule.unit === "gaps" ? +(rule.limit * over).toFixed(2) : Math.round(Math.max(1, rule.limit) * over);
    const reason = { rule: rule.id, since: stamp(at - 1_000 * rule.on_delay_s), until: null, value, sample: rule.min_sample > 0 ? rule.min_sample + this.luck.int(40) : null, limit: rule.limit, unit: rule.unit };
    const members = rule.group === "outage" ? Array.from({ length: 4 + this.luck.int(20) }, () => this.luck.pick(this.city.sites).id) : [];
    return this.#add({ ...rule, rule: rule.id }, rule.group === "outage" ? { kind: "city", id: "city", name: "city" } : this.#subject(rule.group), at, [reason], { members: [...new Set(members)], over: [...new Set(members)].slice(0, 3).map((site, i) => ({ site, value: 900 - 120 * i, sample: 1 })) });
  }

  #put(one, change, what, at = this.city.now, by = null, text = null) {
    const next = { ...one, ...change, changed_at: stamp(at) };
    this.lines.get(one.id)?.push({ at: stamp(at), what, by, text });
    if (next.state === "closed") {
      this.open.delete(one.id);
      this.closed = [{ ...next, standing: false, closed_at: stamp(at) }, ...this.closed.filter(({ id }) => id !== one.id)].slice(0, CLOSED_KEPT);
    } else this.open.set(one.id, next);
    return this.find(one.id);
  }

  find(id) {
    return this.open.get(id) ?? this.closed.find((one) => one.id === id) ?? null;
  }

  /** One second: now and then something is raised, goes, comes back, or is nobody's for too long. */
  tick() {
    if (this.luck.next() < 0.05) this.raise();
    const all = [...this.open.values()];
    for (const one of all) {
      if (one.state === "settled" && this.city.now - Date.parse(one.returned_at) > SETTLE_MS) this.#put(one, { state: "closed" }, "lapsed");
      if (one.state === "shelved" && this.city.now > Date.parse(one.shelved_until)) this.#put(one, { state: "new", shelved_until: null, shelved_reason: null }, "woken");
    }
    if (all.length === 0) return;
    const one = this.find(this.luck.pick(all).id);
    const roll = this.luck.next();
    if (one.state === "new" && one.escalated_at === null && roll < 0.1) this.#put(one, { escalated_at: stamp(this.city.now) }, "escalated");
    else if (["new", "acknowledged"].includes(one.state) && one.standing && roll < 0.16) this.#put(one, { state: one.state === "new" ? "returned" : "settled", standing: false, returned_at: stamp(this.city.now) }, "normal");
    else if (one.state === "returned" && roll < 0.3) this.#put(one, { state: "new", standing: true, returned_at: null, times: one.times + 1 }, "again");
    else if (one.standing && roll > 0.5) {
      const [first, ...rest] = one.reasons;
      const value = first.unit === "share" ? first.value : Math.max(1, Math.round(first.value * (0.95 + this.luck.next() / 8)));
      this.open.set(one.id, { ...one, reasons: [{ ...first, value }, ...rest] });
    }
  }

  counts() {
    const all = [...this.open.values()];
    const n = (state) => all.filter((one) => one.state === state).length;
    const fresh = all.filter((one) => one.state === "new");
    const within = (ms) => all.filter(({ raised_at: at }) => this.city.now - Date.parse(at) < ms).length;
    return {
      open: all.length, ...Object.fromEntries(Object.keys(ALLOWED).map((state) => [state, n(state)])),
      by_priority: Object.fromEntries(["high", "medium", "low"].map((one) => [one, fresh.filter(({ priority }) => priority === one).length])),
      raised_hour: within(3_600_000), flood: within(600_000) >= 10, oldest_new_at: fresh.map(({ raised_at: at }) => at).sort()[0] ?? null, evaluated_at: stamp(this.city.now - (this.city.now % 15_000)),
      receivers: [{ name: "hotline", failing_since: this.open.get(this.receiver)?.since ?? null, waiting: 12 }],
    };
  }

  view() {
    return { clock: this.city.clock(), desk: this.counts(), ...Object.fromEntries([...this.open.values()].map((one) => [`a/${one.id}`, one])) };
  }

  list(query) {
    const state = query.get("state") ?? "open";
    const from = state === "closed" ? this.closed : [...this.open.values(), ...(state === "all" ? this.closed : [])].reverse();
    const is = (name, value) => !query.has(name) || query.get(name) === value;
    const found = from.filter((one) => (["open", "all"].includes(state) || one.state === state) && is("priority", one.priority) && is("group", one.group) && is("site", one.site) && is("agency", one.agency));
    return { as_of: stamp(this.city.now), simulated: true, counts: this.counts(), alerts: found.slice(0, Number(query.get("limit") ?? 1_000)) };
  }

  detail(id) {
    const one = this.#known(id);
    const rule = this.rules.find((each) => each.id === one.rule);
    const [{ value, limit, unit, rule: of }] = one.reasons;
    const samples = Array.from({ length: 37 }, (_, i) => ({ at: stamp(this.city.now - (36 - i) * 300_000), value: i === 12 || i === 13 ? null : +(value * (0.5 + 0.5 * (i / 36)) * (0.9 + 0.2 * Math.abs(Math.sin(i * 1.7)))).toFixed(2), sample: 5 + (i % 9) }));
    const near = one.site === null ? [] : this.city.sites.filter((s) => s.id !== one.site && s.lon !== null).slice(one.id.length, one.id.length + 4);
    return {
      case: one, history: this.lines.get(id) ?? [], title: rule?.title ?? null, response: rule?.response ?? null,
      evidence: one.site === null ? [] : [{ rule: of, signal: rule?.signal ?? of, unit, limit, points: samples }],
      neighbours: near.map((s, i) => ({ site: s.id, name: s.name, minutes: 4 + 3.5 * i, waiting: s.waiting, open_counters: s.counters, saves_s: i === 0 ? 720 : null })),
      earlier: this.closed.filter((each) => each.subject.id === one.subject.id && each.id !== id).slice(0, 20),
    };
  }

  #known(id) {
    const one = this.find(id);
    if (one === null) throw new Refused(404, "no_such_alert", "there is no alert of this name");
    return one;
  }

  /** Does something to a case, or refuses it by the table and by what the server takes. */
  act(id, act, body) {
    if (!ALLOWED.returned.concat("shelve", "unshelve").includes(act)) throw new Refused(404, "not_found", "there is no such act");
    const one = this.#known(id);
    const seat = (text) => { if (!SEAT.test(text ?? "")) throw new Refused(400, "bad_seat", "a seat's id"); return text; };
    const line = (text) => {
      if ((text ?? "").trim() === "" || text.length > 500) throw new Refused(400, "not_a_line", "a line of up to 500 characters");
      if (/\d(?:[ .-]?\d){8}/.test(text)) throw new Refused(400, "names_a_person", "a long number");
      return text.trim();
    };
    const by = seat(body.by);
    const waits = one.urges.find(({ urge, answer }) => urge === body.urge && answer === null);
    if (!ALLOWED[one.state].includes(act) || (act === "answer" && waits === undefined)) throw new Refused(409, "not_now", "the alert is in another state");
    const at = stamp(this.city.now);
    const taken = one.state === "new" ? { state: "acknowledged", acknowledged_at: at, acknowledged_by: by } : {};
    const back = { state: one.acknowledged_by === null ? "new" : "acknowledged", shelved_until: null, shelved_reason: null };
    const does = {
      acknowledge: () => [one.state === "returned" ? { state: "closed", acknowledged_at: at, acknowledged_by: by } : taken, null],
      assign: () => [{ assigned_to: seat(body.to) }, body.to],
      explain: () => [{ ...taken, explanations: [...one.explanations, { at, by, text: line(body.text) }] }, body.text],
      urge: () => [{ ...taken, urges: [...one.urges, { urge: (this.urges += 1), at, by, agency: line(body.agency), text: line(body.text), answer: null }] }, `${body.agency}: ${body.text}`],
      answer: () => [{ urges: one.urges.map((each) => (each === waits ? { ...each, answer: { at, by, text: line(body.text) } } : each)) }, body.text],
      shelve: () => {
        if (!(body.minutes >= 1 && body.minutes <= 1_440)) throw new Refused(400, "bad_minutes", "`minutes` must be from 1 to 1440");
        return [{ state: "shelved", shelved_until: stamp(this.city.now + 60_000 * body.minutes), shelved_reason: line(body.reason) }, body.reason];
      },
      unshelve: () => [back, null],
      close: () => [{ state: "closed" }, line(body.reason)],
    };
    const [change, text] = does[act]();
    return this.#put(one, change, act, this.city.now, by, text);
  }
}
