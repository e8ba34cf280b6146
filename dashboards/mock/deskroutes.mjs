// The routes under `/api/v1/alerts` over the invented desk. Replays and checks answer with invented figures, too.
import { stamp } from "./city.mjs";
import { Refused } from "./desk.mjs";
import { rulesOf } from "./rules.mjs";

const DAY_MS = 86_400_000;

function frequent(cases) {
  const counts = new Map();
  for (const { group, subject } of cases) {
    const key = `${group} ${subject.id}`;
    counts.set(key, { group, subject, alerts: (counts.get(key)?.alerts ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.alerts - a.alerts);
}

/** A part of the day before the first case is known of is as if nothing had been known then. */
function quality(desk, from, to) {
  const cases = [...desk.open.values(), ...desk.closed];
  const hours = 8;
  const most = frequent(cases);
  const waits = cases.filter((one) => one.acknowledged_at !== null).map((one) => (Date.parse(one.acknowledged_at) - Date.parse(one.raised_at)) / 1_000).sort((a, b) => a - b);
  const known = Array.from({ length: 24 }, (_, hour) => ({ hour, alerts: cases.filter(({ raised_at: at }) => Number(at.slice(11, 13)) === hour).length }));
  return {
    from, to, hours, hours_unknown: 8 * Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) - 1), raised: cases.length, per_hour: cases.length / hours,
    by_priority: Object.fromEntries(["high", "medium", "low"].map((one) => [one, cases.filter(({ priority }) => priority === one).length])), targets: { priorities: [80, 15, 5], per_hour: 6 },
    floods: cases.length > 100 ? [{ from: stamp(desk.city.now - 5_400_000), to: stamp(desk.city.now - 4_500_000), alerts: 14 }] : [], flood_share: cases.length > 100 ? 0.03 : 0,
    most: most.slice(0, 10), chattering: most.slice(3, 5).map((one) => ({ ...one, alerts: 4 })), standing_over_a_day: [...desk.open.values()].slice(0, 2),
    acknowledged_without_action: 3, median_acknowledge_s: waits[Math.floor(waits.length / 2)] ?? null, hours_of: known.filter(({ alerts }) => alerts > 0),
  };
}

function handover(desk) {
  const { new: fresh, acknowledged, shelved } = desk.counts();
  return {
    from: stamp(desk.city.now - 4 * 3_600_000), to: stamp(desk.city.now), cases: [...desk.open.values()].slice(0, 500),
    lines: {
      vi: [`Mô phỏng: đang chờ người nhận ${fresh}; đã có người xử lý ${acknowledged}; tạm hoãn ${shelved}.`],
      en: [`Simulated: nobody has ${fresh} in hand; somebody has ${acknowledged}; ${shelved} are shelved.`],
    },
  };
}

function week(desk) {
  const [from, to] = [stamp(desk.city.now - 7 * DAY_MS), stamp(desk.city.now)];
  const now = quality(desk, from, to);
  return { now, then: { ...now, raised: Math.round(now.raised * 0.8), per_hour: now.per_hour * 0.8 }, alerts: [...desk.open.values()].slice(0, 50) };
}

function checked(desk, toml) {
  const isEmpty = (toml ?? "").trim() === "";
  if (!isEmpty && rulesOf(toml).length === 0) return { problems: [{ code: "does_not_parse", rule: null, detail: "no [[rule]] with an id and a signal (simulated)" }], replay: null };
  return { problems: [], replay: week(desk) };
}

/** What is answered to a request under `/api/v1/alerts`; `Refused` where nothing is. */
export function answerOf(desk, method, { pathname, searchParams }, body) {
  const [first, second] = pathname.replace(/^\/api\/v1\/alerts\/?/, "").split("/").map(decodeURIComponent);
  const route = `${method} ${first}`;
  if (route === "GET ") return desk.list(searchParams);
  if (route === "GET quality") return quality(desk, `${searchParams.get("from")}T00:00:00+07:00`, `${searchParams.get("to")}T00:00:00+07:00`);
  if (route === "GET handover") return handover(desk);
  if (route === "POST handover") return { kept: { number: 1 }, lines: handover(desk).lines };
  if (route === "POST replay") return week(desk);
  if (route === "POST rules" && second === "check") return checked(desk, body.toml);
  if (route === "GET rules") return { rules: [...desk.rules, ...(desk.own === null ? [] : rulesOf(desk.own))], own: desk.own, remarks: ["Mô phỏng: không quy tắc nào ở đây đang chạy."] };
  if (route === "PUT rules") {
    if (checked(desk, body.toml).problems.length > 0) throw new Refused(400, "bad_rules", "the rules have problems");
    desk.own = body.toml;
    return { number: 1, key: "own" };
  }
  if (method === "GET" && second === undefined) return desk.detail(first);
  if (method === "POST" && second !== undefined) return desk.act(first, second, body);
  throw new Refused(404, "not_found", "there is no such route");
}
