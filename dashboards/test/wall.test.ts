import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catalogue } from "../src/i18n/index.ts";
import { PRIORITIES } from "../src/live/views.ts";
import type { AlertsView, Case, CityView, DeskFigures, SiteSummary } from "../src/live/views.ts";
import { CITY, MOST, START, WINDOW_S, lost, seeCases, seeWaits, tally } from "../src/room/wall/changes.ts";
import type { Watched } from "../src/room/wall/changes.ts";
import { ageOf, bigFigures } from "../src/room/wall/figures.ts";
import { inNobodysHands } from "../src/room/wall/nobody.ts";
import { COUNTED, LIMITS, STATES, countsOf, judge } from "../src/room/wall/rule.ts";
import type { Counts } from "../src/room/wall/rule.ts";
import { isAsked } from "../src/room/wall/screen.ts";
import { arrived, isFresh, slots } from "../src/room/wall/slots.ts";
import { lostAfter, start } from "../src/room/wall/state.ts";
import { inTrouble, inUnits } from "../src/room/wall/tiles.ts";
import { changeWords, faceOf, latest } from "../src/room/wall/words.ts";
import { NO_PLACES } from "../src/room/pages/places.ts";
import { NOW, aCase, byId } from "./cases.ts";
import { emptyCity, emptyDay, site } from "./sites.ts";

const at = (time: string, day = 23): string => `2026-11-${String(day)}T${time}:00+07:00`;
const heard = { ...emptyCity, sites: { total: 156, ok: 150, busy: 0, over: 0, closed: 6, no_data: 0 } };
const city = (sites: readonly SiteSummary[] = [], figures = heard): CityView => ({ clock: null, figures, source: null, sites });
const desk = { evaluated_at: NOW } as DeskFigures;
const alerts = (...cases: readonly Case[]): AlertsView => ({ clock: null, desk, cases: byId(cases) });
const NONE: Counts = { high_new: 0, high: 0, fresh: 0, late: 0, silent: 0, unheard: 0 };
const told = { lang: "vi", places: NO_PLACES, rules: new Map() } as const;

describe("the city's state", () => {
  test("is calm, worth attention or trouble by each limit of the table, and not below it", () => {
    expect(judge(NONE)).toEqual({ state: "calm", causes: [] });
    for (const { of, least, state } of LIMITS) {
      const own = LIMITS.filter((one) => one.of === of && one.least <= least).map((one) => one.state);
      expect(judge({ ...NONE, [of]: least }).state, of).toBe(own.includes("trouble") ? "trouble" : state);
      expect(judge({ ...NONE, [of]: least - 1 }).state, of).not.toBe(state === "trouble" || least === 1 ? state : "trouble");
    }
  });

  test("grows no better by more of anything", () => {
    const counts = fc.record({ high_new: fc.nat(6), high: fc.nat(6), fresh: fc.nat(30), late: fc.nat(2), silent: fc.nat(20), unheard: fc.nat(60) });
    fc.assert(fc.property(counts, fc.constantFrom(...COUNTED), (before, of) => {
      const [less, more] = [judge(before), judge({ ...before, [of]: before[of] + 1 })];
      expect(STATES.indexOf(more.state as "calm")).toBeLessThanOrEqual(STATES.indexOf(less.state as "calm"));
      expect(less.causes.length === 0).toBe(less.state === "calm");
    }));
  });

  test("counts what stands: not what is put off, hidden or gone", () => {
    const counted = countsOf(city(), alerts(
      aCase("a-1", { priority: "high" }), aCase("a-2", { priority: "high", state: "acknowledged" }), aCase("a-3", { priority: "high", state: "shelved" }),
      aCase("a-4", { priority: "high", state: "suppressed" }), aCase("a-5", { priority: "high", state: "returned", standing: false }), aCase("a-6", { priority: "low" }),
    ), NOW);
    expect(counted).toEqual({ high_new: 1, high: 2, fresh: 2, late: 0, silent: 0, unheard: 0 });
  });

  test("counts points that fell silent, an evaluation that stopped, and events that stopped while a point is open", () => {
    const quiet = site("1", { state: "no_data", reasons: ["silent"] });
    expect(countsOf(city([quiet, site("2", { state: "no_data", reasons: ["never_heard"] })]), alerts(), NOW)).toMatchObject({ silent: 1, unheard: 1 });
    const source = { accepted: 1, duplicate: 0, conflicting: 0, rejected: 0, last_event_at: at("09:20"), last_received_at: null };
    expect(countsOf({ ...city(), source }, alerts(), NOW)?.late).toBe(1);
    expect(countsOf({ ...city(), source }, alerts(), at("09:32"))?.late).toBe(2);
    const closed = { ...heard, sites: { ...heard.sites, ok: 0, closed: 156 } };
    expect(countsOf({ ...city([], closed), source }, alerts(), NOW)?.late).toBe(0);
    expect(countsOf(city([site("2", { state: "no_data", reasons: ["never_heard"] })], closed), alerts(), NOW)?.unheard, "before anybody opens").toBe(0);
  });

  test("is unknown, and not calm, where nothing can be counted or nothing was heard", () => {
    for (const [a, b] of [[null, alerts()], [city(), null], [city([], emptyCity), alerts()], [{ ...city(), figures: null }, alerts()]] as const) {
      expect(judge(countsOf(a, b, NOW)).state).toBe("unknown");
    }
  });

  const page = { ...start("vi", { phase: "live", lastFrameAt: null, recoveredAt: null, retryAt: null }), city: city(), alerts: alerts(), cityAt: NOW, alertsAt: NOW, movedAt: 1000, now: 15_000 };
  test("is said in one sentence, without saying the same twice", () => {
    expect(faceOf(page)).toEqual({ state: "calm", word: "Yên ổn", sentence: catalogue("vi").wall.calm });
    const bad = { ...page, alerts: alerts(aCase("a-1", { priority: "high" }), aCase("a-2")) };
    expect(faceOf(bad)).toMatchObject({ state: "trouble", sentence: "2 cảnh báo chưa ai nhận, trong đó 1 mức cao." });
    expect(faceOf({ ...bad, lang: "en", alerts: alerts(aCase("a-1", { priority: "high" })) }).sentence).toBe("1 high alert in nobody's hands.");
    expect(faceOf({ ...page, alerts: null, isRefused: true }).sentence).toBe(catalogue("vi").wall.noDesk);
    expect(faceOf({ ...page, city: city([], emptyCity) })).toMatchObject({ state: "unknown", sentence: catalogue("vi").wall.notHeard });
    expect(faceOf({ ...page, city: null, cityAt: null }).sentence).toBe(catalogue("vi").wall.waiting);
  });

  test("is that of a lost line until all is caught up, whatever it was", () => {
    expect(faceOf({ ...page, isLost: true })).toEqual({ state: "lost", word: "Mất kết nối", sentence: catalogue("vi").wall.lostSince("09:30:00", "14 giây") });
    expect(faceOf({ ...page, isLost: true, movedAt: null }).sentence).toBe(catalogue("vi").wall.lostNever);
    const phases = ["connecting", "reconnecting", "reconnecting", "catching_up", "live", "catching_up"] as const;
    let isLost = false;
    expect(phases.map((phase) => (isLost = lostAfter(isLost, phase)))).toEqual([false, true, true, true, false, false]);
    expect(latest({ cityAt: at("09:00"), alertsAt: at("09:01") })).toBe(at("09:01"));
    expect(latest({ cityAt: null, alertsAt: at("09:01") })).toBe(at("09:01"));
  });
});

describe("the last ten minutes", () => {
  const shown = ({ changes }: Watched): string[] => changes.map(({ kind, key }) => `${kind} ${key}`);
  const seen = (before: Watched, time: string, ...cases: readonly Case[]): Watched => seeCases(before, byId(cases), at(time));
  const fresh = aCase("a-1", { raised_at: at("09:01") });
  const taken = aCase("a-1", { state: "acknowledged", acknowledged_at: at("09:02") });
  const settled = aCase("a-1", { state: "settled", standing: false, returned_at: at("09:03") });

  test("begin with the first view, of which nothing is news", () => {
    const first = seen(START, "09:00", aCase("a-9"));
    expect(first).toMatchObject({ since: at("09:00"), changes: [] });
    expect(seen(first, "09:01", aCase("a-9")).changes).toEqual([]);
  });

  test("tell a case raised, taken and gone, each by the clock of the data, the newest first", () => {
    let all = seen(START, "09:00");
    for (const [time, one] of [["09:01", fresh], ["09:02", taken], ["09:03", settled]] as const) all = seen(all, time, one);
    expect(all.changes.map(({ kind, at: when }) => [kind, when])).toEqual([["gone", at("09:03")], ["taken", at("09:02")], ["raised", at("09:01")]]);
    expect(shown(seen(all, "09:04"))).toEqual(shown(all));
    expect(tally(all.changes)).toEqual({ raised: 1, taken: 1, gone: 1, over: 0, under: 0 });
    expect(changeWords(told, all.changes[0] ?? expect.fail())).toEqual({ subject: "Phường Ba Đình", what: "đã hết: Hàng đợi, thời gian chờ" });
  });

  test("tell one that closes while it stands as gone, one that comes back as raised, and one that its cause hides as neither", () => {
    const begun = seen(START, "09:00", fresh);
    expect(shown(seen(begun, "09:01"))).toEqual(["gone a-1/gone"]);
    const back = seen(seen(begun, "09:01", { ...settled, state: "returned", returned_at: at("09:01") }), "09:02", { ...fresh, changed_at: at("09:02") });
    expect(shown(back)).toEqual(["raised a-1/raised", "gone a-1/gone"]);
    const hidden = seen(begun, "09:01", { ...fresh, state: "suppressed" });
    expect(shown(hidden)).toEqual([]);
    expect(shown(seen(hidden, "09:02", { ...fresh, state: "suppressed", standing: false }))).toEqual([]);
    expect(shown(seen(begun, "09:01", { ...fresh, state: "shelved" }))).toEqual(["taken a-1/taken"]);
    expect(shown(seen(seen(begun, "09:01", { ...settled, returned_at: at("09:01") }), "09:02", { ...taken, changed_at: at("09:02") }))).toEqual(["raised a-1/raised", "gone a-1/gone"]);
  });

  const waits = (mean: number | null, whole: number | null = null): CityView => city([site("1", { hour: { ...emptyDay, mean_wait_s: mean } })], { ...heard, hour: { ...emptyDay, mean_wait_s: whole } });
  test("tell a mean wait that crosses the line, once, and none that was not known before", () => {
    let all = seeWaits(START, waits(null, 800), at("09:00"));
    all = seeWaits(all, waits(1000, 900), at("09:01"));
    expect(all.changes).toEqual([]);
    all = seeWaits(seeWaits(all, waits(900, 901), at("09:02")), waits(901), at("09:03"));
    expect(shown(all)).toEqual(["over wait/1", `over wait/${CITY}`]);
    expect(changeWords({ ...told, lang: "en" }, all.changes[1] ?? expect.fail())).toEqual({ subject: "The whole city", what: "over the limit: mean wait 15.0 min" });
  });

  test("are no longer than that, nor of more than some, whatever comes", () => {
    const cases = fc.array(fc.record({ id: fc.integer({ min: 0, max: 400 }), state: fc.constantFrom("new", "acknowledged", "returned", "settled", "shelved", "suppressed"), seconds: fc.nat(90) }), { minLength: 1, maxLength: 60 });
    fc.assert(fc.property(cases, (steps) => {
      let all = seeCases(START, new Map(), NOW);
      let now = Date.parse(NOW);
      const held = new Map<string, Case>();
      for (const { id, state, seconds } of steps) {
        now += seconds * 1000;
        const time = new Date(now).toISOString();
        held.set(`a-${id}`, aCase(`a-${id}`, { state: state as Case["state"], standing: state !== "returned" && state !== "settled", raised_at: time, changed_at: time, returned_at: null, acknowledged_at: null }));
        all = seeCases(all, new Map(held), time);
        expect(all.changes.length).toBeLessThanOrEqual(MOST);
        expect(new Set(all.changes.map(({ key }) => key)).size).toBe(all.changes.length);
        const times = all.changes.map((one) => Date.parse(one.at));
        expect(times.every((one) => one >= now - WINDOW_S * 1000 && one <= now)).toBe(true);
        expect(times).toEqual([...times].sort((a, b) => b - a));
      }
    }));
    const many = Array.from({ length: 3 * MOST }, (_, i) => aCase(`a-${String(i)}`, { raised_at: at("09:01") }));
    expect(seen(seen(START, "09:00"), "09:01", ...many).changes).toHaveLength(MOST);
    expect(seen(seen(seen(START, "09:00"), "09:01", fresh), "09:12", fresh).changes).toEqual([]);
  });

  test("are watched anew after a loss, and forget all of yesterday and of another server", () => {
    const before = seen(seen(START, "09:00"), "09:01", fresh);
    const after = seen(lost(before), "09:05", taken);
    expect(after.since).toBe(at("09:05"));
    expect(shown(after)).toEqual(["taken a-1/taken", "raised a-1/raised"]);
    const tomorrow = seeCases(before, byId([aCase("a-2")]), at("00:00", 24));
    expect(tomorrow).toMatchObject({ since: at("00:00", 24), changes: [] });
    expect(seen(before, "08:00", aCase("a-2"))).toMatchObject({ since: at("08:00"), changes: [] });
    // The other topic may lag behind by a little.
    expect(seeWaits(before, waits(1), "2026-11-23T09:00:59+07:00")).toMatchObject({ since: at("09:00"), asOf: at("09:01") });
  });
});

describe("places", () => {
  test("are as many whatever there is, and what finds none is counted", () => {
    fc.assert(fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 9 }), (items, n) => {
      const { places, more } = slots(items, n);
      expect(places).toHaveLength(n);
      expect(places.filter((one) => one !== null).length + more).toBe(items.length);
    }));
  });

  test("mark what has come for some seconds, not what was there at first, and keep nothing of what is gone", () => {
    const first = arrived(null, ["a"], 1000);
    const then = arrived(first, ["a", "b"], 2000);
    expect([isFresh(then, "a", 2000), isFresh(then, "b", 2000), isFresh(then, "b", 9999), isFresh(then, "b", 10_000)]).toEqual([false, true, true, false]);
    expect([...arrived(then, ["b"], 3000).keys()]).toEqual(["b"]);
    expect(isFresh(null, "a", 0)).toBe(false);
  });

  test("of what nobody has: standing and new, the most serious first, of these what waited longest", () => {
    const cases = [
      aCase("a-1", { priority: "low" }), aCase("a-2", { raised_at: at("09:12") }), aCase("a-3", { raised_at: at("09:05") }), aCase("a-4", { priority: "high" }),
      aCase("a-5", { state: "acknowledged" }), aCase("a-6", { standing: false, state: "returned" }),
    ];
    expect(inNobodysHands(cases).map(({ id }) => id)).toEqual(["a-4", "a-3", "a-2", "a-1"]);
    expect(PRIORITIES[0]).toBe("high");
  });

  test("of points are in units' order, and those are named that are over the limit or silent", () => {
    const sites = [site("9", { unit: null }), site("b", { unit: "00010" }), site("a", { unit: "00010" }), site("c", { unit: "00002" })];
    expect(inUnits(sites).map(({ id }) => id)).toEqual(["c", "a", "b", "9"]);
    const bad = [site("1", { state: "over", attention: 5 }), site("2", { state: "no_data", reasons: ["silent"] }), site("3", { state: "over", attention: 9 }), site("4", { state: "busy" }), site("5", { state: "no_data", reasons: ["never_heard"] })];
    expect(inTrouble(bad).map(({ id }) => id)).toEqual(["3", "1", "2"]);
  });
});

describe("the figures", () => {
  test("without a sample are a dash and no data, never nought", () => {
    for (const figures of [null, emptyCity]) {
      for (const one of bigFigures("vi", figures)) expect([one.value, one.detail, one.isKnown], one.key).toEqual(["—", "không có dữ liệu", false]);
    }
  });

  test("stand beside their targets and samples", () => {
    const known = bigFigures("vi", { ...heard, waiting: 113, longest_wait_s: 1820, hour: { ...emptyDay, started: 88, mean_wait_s: 411 } });
    expect(known.slice(0, 3)).toMatchObject([
      { key: "waiting", value: "113", detail: "lâu nhất 30 phút" },
      { key: "wait_hour", value: "6,9", detail: "≤ 15 phút: đạt", sample: "n = 88", verdict: "met" },
      { key: "points", value: "150", unit: "/ 156", detail: "156 có tin" },
    ]);
  });

  test("say their age, and that they are old once the line is lost", () => {
    expect([ageOf("vi", null, false), ageOf("vi", 2, false), ageOf("vi", 12, false), ageOf("vi", 12, true)]).toEqual(["", "vừa xong", "12 giây trước", "CŨ 12 giây"]);
  });
});

test("the key of the full screen is f alone", () => {
  const key = { key: "F", ctrlKey: false, metaKey: false, altKey: false };
  expect([isAsked(key), isAsked({ ...key, ctrlKey: true }), isAsked({ ...key, key: "g" })]).toEqual([true, false, false]);
});
