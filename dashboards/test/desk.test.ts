import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CASE_STATES, PRIORITIES, alertsView } from "../src/live/views.ts";
import type { Case, DeskFigures } from "../src/live/views.ts";
import { catalogue } from "../src/i18n/index.ts";
import { freshWords } from "../src/room/desk/bar.ts";
import { perDay } from "../src/room/desk/replay.ts";
import { hoursBetween, hoursWords, qualityFigures, shares } from "../src/room/desk/figures.ts";
import { AT_HAND, NO_FILTER, filterOf, fits, isMine, queryOfFilter, toggled, valuesOf } from "../src/room/desk/filter.ts";
import { minutesLeft } from "../src/room/desk/forms.ts";
import { stepOfKey } from "../src/room/desk/keys.ts";
import { ACTS, ALLOWED, KEY_OF, commandOf, may } from "../src/room/desk/life.ts";
import { lineOf } from "../src/room/desk/lineform.ts";
import { pathOf, pointsOf, runsOf, ticksOf, topOf } from "../src/room/charts/scale.ts";
import { seatIn, seatsOf } from "../src/room/desk/seat.ts";
import { hoursAhead, toneOf } from "../src/room/desk/sound.ts";
import { EMPTY, casesOf, hashOfCase, hashOfUp, hashOfView, qualityAddress, start, viewOf, withFilter, withShow } from "../src/room/desk/state.ts";
import type { Quality } from "../src/room/desk/view.ts";
import { NO_NEWS, highOf, newsOf } from "../src/room/desk/watch.ts";
import { ageWords, callOf, counted, deskLink, evaluation, figure, figureWords, foundBy, ruleResponse, sampleWords, sinceWords, subjectOf, titleOf, urgeText } from "../src/room/desk/words.ts";
import type { Told } from "../src/room/desk/words.ts";
import { UNASKED } from "../src/room/pages/fetch.ts";
import { isPage, queryOf } from "../src/room/pages/hash.ts";
import { NO_PLACES } from "../src/room/pages/places.ts";
import { NOW, aCase, byId } from "./cases.ts";

const rules = new Map([["wait_mean", { id: "wait_mean", title: { vi: "Thời gian chờ trung bình vượt 15 phút", en: "The mean wait is over 15 minutes" } }]]);
const told: Told = { lang: "vi", places: NO_PLACES, rules };
const LINK = { phase: "live", lastFrameAt: null, recoveredAt: null, retryAt: null } as const;
const desk = (change: Partial<DeskFigures> = {}): DeskFigures => ({
  open: 0, new: 0, acknowledged: 0, returned: 0, settled: 0, shelved: 0, suppressed: 0, by_priority: {}, raised_hour: 0, flood: false, oldest_new_at: null, evaluated_at: NOW, receivers: [], ...change,
});

describe("what may be done", () => {
  test("is what the contract's table has, and every act has a key of its own", () => {
    const yes = (state: Case["state"]): string => ACTS.map((act) => (may(aCase("a-1", { state, urges: [{ urge: 1, at: NOW, by: "ca-1", agency: "x", text: "y", answer: null }] }), act) ? act.slice(0, 2) : "--")).join(" ");
    expect(Object.fromEntries(CASE_STATES.map((state) => [state, yes(state)]))).toEqual({
      new: "ac as ex ur an sh -- --",
      acknowledged: "-- as ex ur an sh -- --",
      returned: "ac as ex ur an -- -- cl",
      settled: "-- as ex ur an -- -- cl",
      shelved: "-- as ex ur an sh un --",
      suppressed: "-- as ex -- -- -- -- --",
      closed: "-- -- ex ur an -- -- --",
    });
    expect(new Set(Object.values(KEY_OF)).size).toBe(ACTS.length);
    for (const state of CASE_STATES) expect(ALLOWED[state].every((act) => ACTS.includes(act))).toBe(true);
  });

  test("an answer needs an urging that waits for one", () => {
    expect(may(aCase("a-1", { state: "acknowledged" }), "answer")).toBe(false);
    expect(may(aCase("a-1", { urges: [{ urge: 1, at: NOW, by: "ca-1", agency: "x", text: "y", answer: { at: NOW, by: "ca-1", text: "z" } }] }), "answer")).toBe(false);
  });

  test("keys are those of the desk, held up by a shift or not; others are nothing", () => {
    expect(["a", "A", "s", "h", "e", "u", "r", "c", "b", "j", "k", "n", "f", "?", "Enter"].map(commandOf)).toEqual(["acknowledge", "acknowledge", "assign", "shelve", "explain", "urge", "answer", "close", "unshelve", "next", "previous", "fresh", "find", "help", "open"]);
    for (const key of ["x", "Tab", "Escape", "constructor", "1"]) expect(commandOf(key)).toBeNull();
    expect(["ArrowDown", "PageUp", "End", "x"].map((key) => stepOfKey(key, 9))).toEqual([1, -9, Infinity, null]);
  });
});

describe("the address", () => {
  test("gives back every filter, and an empty one is not written", () => {
    const filter = fc.record({
      states: fc.subarray([...CASE_STATES]), priority: fc.constantFrom("" as const, ...PRIORITIES), group: fc.constantFrom("", "flow"), owner: fc.constantFrom("", "site"),
      find: fc.string({ unit: "grapheme" }), isMine: fc.boolean(),
    });
    fc.assert(fc.property(filter, fc.constantFrom("", "a-12"), (given, key) => {
      const view = { ...EMPTY, filter: given, key };
      expect(viewOf(queryOf(hashOfView(view), "alerts") ?? {})).toEqual(view);
    }));
    expect(hashOfView(EMPTY)).toBe("#/alerts");
    expect(hashOfView(withFilter(EMPTY, { states: ["new"], find: "ba đình", isMine: true }))).toBe("#/alerts?state=new&find=ba%20%C4%91%C3%ACnh&mine=1");
    expect(hashOfCase("a-12")).toBe("#/alerts?key=a-12");
    expect(filterOf({ state: "new,odd", priority: "urgent" })).toEqual({ ...NO_FILTER, states: ["new"] });
    expect(queryOfFilter(NO_FILTER)).toEqual({ state: "", priority: "", group: "", owner: "", find: "", mine: "" });
    for (const hash of ["#/alerts", "#/alerts?show=wall"]) expect(isPage(hash)).toBe(true);
  });

  test("leads out by one step at a time", () => {
    expect(hashOfUp({ ...EMPTY, key: "a-1", filter: { ...NO_FILTER, group: "flow" } })).toBe("#/alerts?group=flow");
    expect(hashOfUp(withShow("rules"))).toBe("#/alerts");
    expect(hashOfUp(EMPTY)).toBe("#/");
  });

  test("quality is asked of seven days up to the server's today", () => {
    const state = { ...start("vi", LINK, ""), view: withShow("quality") };
    expect(qualityAddress(state)).toBeNull();
    expect(qualityAddress({ ...state, asOf: NOW })).toBe("/api/v1/alerts/quality?from=2026-11-17&to=2026-11-24");
  });
});

describe("the filter", () => {
  test("without states shows what a desk has to do with", () => {
    expect(CASE_STATES.filter((state) => fits(NO_FILTER, "", aCase("a-1", { state })))).toEqual([...AT_HAND]);
    expect(toggled(NO_FILTER, "shelved").states).toEqual([...AT_HAND, "shelved"]);
    expect(toggled(toggled(NO_FILTER, "new"), "new").states).toEqual([]);
  });

  test("one's own are those that the seat was given or took", () => {
    expect(isMine(aCase("a-1", { assigned_to: "ca-1" }), "ca-1")).toBe(true);
    expect(isMine(aCase("a-1", { acknowledged_by: "ca-1" }), "ca-1")).toBe(true);
    expect(isMine(aCase("a-1"), "")).toBe(false);
    expect(fits({ ...NO_FILTER, isMine: true, priority: "medium", group: "flow", owner: "site" }, "ca-1", aCase("a-1", { assigned_to: "ca-1" }))).toBe(true);
    expect(fits({ ...NO_FILTER, priority: "high" }, "", aCase("a-1"))).toBe(false);
  });

  test("offers what there is", () => {
    expect(valuesOf([aCase("a-1"), aCase("a-2", { group: "silent" }), aCase("a-3")], "group", (code) => code)).toEqual([["flow", "flow"], ["silent", "silent"]]);
  });
});

describe("the mirror", () => {
  test("holds cases by id, and stays the same while none has changed", () => {
    const one = aCase("a-1");
    const data = new Map<string, unknown>([["desk", desk()], ["a/a-1", one], ["clock", { mode: "wall", simulated: false, day: "2026-11-23" }]]);
    const view = alertsView(data);
    expect(view.cases.get("a-1")).toBe(one);
    expect(alertsView(new Map([...data, ["desk", desk({ new: 2 })]]), view).cases).toBe(view.cases);
    expect(alertsView(new Map([...data, ["a/a-1", aCase("a-1")]]), view).cases).not.toBe(view.cases);
    expect(alertsView(new Map([["desk", desk()]]), view).cases.size).toBe(0);
    const closed = { as_of: NOW, alerts: [aCase("a-0", { state: "closed" }), aCase("a-1", { state: "closed" })] };
    expect([...casesOf({ alerts: view, closed: { ...UNASKED, value: closed } }).values()].map(({ id, state }) => `${id} ${state}`)).toEqual(["a-0 closed", "a-1 new"]);
  });
});

describe("news", () => {
  test("is what was raised since, what comes back, and what nobody took in time; the first look has none", () => {
    const [a, b, c] = [aCase("a-1"), aCase("a-2", { state: "shelved" }), aCase("a-3")];
    const settled = aCase("a-6", { state: "settled" });
    const before = byId([a, b, c, settled]);
    expect(newsOf(null, before)).toBe(NO_NEWS);
    const later = newsOf(before, byId([a, { ...b, state: "new" }, { ...c, escalated_at: NOW }, aCase("a-4", { priority: "high" }), aCase("a-5", { state: "suppressed" }), { ...settled, state: "acknowledged" }]));
    expect(later.raised.map(({ id }) => id)).toEqual(["a-2", "a-4", "a-6"]);
    expect(later.escalated.map(({ id }) => id)).toEqual(["a-3"]);
    expect(highOf(later).map(({ id }) => id)).toEqual(["a-4"]);
    expect([toneOf(later), toneOf({ raised: [a], escalated: [] }), toneOf(NO_NEWS)]).toEqual(["high", "soft", "none"]);
  });

  test("it can be silent until a whole hour, half an hour off at least", () => {
    const at = Date.parse("2026-11-23T09:40:00+07:00");
    expect(hoursAhead(at, 2).map((one) => new Date(one).toISOString())).toEqual(["2026-11-23T04:00:00.000Z", "2026-11-23T05:00:00.000Z"]);
  });
});

describe("words", () => {
  test("a case is said by its point, its rule and its figure against the limit", () => {
    const one = aCase("a-1");
    expect([subjectOf(told, one), titleOf(told, one)]).toEqual(["Phường Ba Đình", "Thời gian chờ trung bình vượt 15 phút"]);
    const [reason] = one.reasons;
    if (reason === undefined) throw new Error("no reason");
    expect(figureWords("vi", reason)).toBe("16 phút, ngưỡng 15 phút");
    expect(sinceWords("vi", reason, NOW)).toBe("từ 09:10, đã 20 phút");
    expect(sinceWords("vi", { ...reason, until: "2026-11-23T09:20:00+07:00" }, NOW)).toBe("09:10 – 09:20, đã hết");
    expect(figureWords("vi", { ...reason, value: null, limit: null })).toBe("không có dữ liệu");
    expect(foundBy(told, one)).toContain("Ba Đình");
  });

  test("where a rule has no words its group has, and else its code stands", () => {
    expect(titleOf(told, aCase("a-1", { rule: "x" }))).toBe("Hàng đợi, thời gian chờ");
    expect(titleOf(told, aCase("a-1", { rule: "x", group: "constructor" }))).toBe("x");
    expect(subjectOf(told, aCase("a-1", { subject: { kind: "agency", id: "dept/justice", name: null } }))).toBe("Sở Tư pháp");
    expect(subjectOf(told, aCase("a-1", { subject: { kind: "device", id: "K7", name: null } }))).toBe("Thiết bị K7");
    expect(subjectOf(told, { subject: "dept/justice" })).toBe("Sở Tư pháp");
  });

  test("a receiver that takes none is named, and says what is to be done, though no file has its rule", () => {
    const one = aCase("a-1", { group: "receiver", rule: "receiver_dead", subject: { kind: "city", id: "hotline", name: "hotline" }, site: null, reasons: [{ rule: "receiver_dead", since: NOW, until: null, value: 1500, sample: 12, limit: 900, unit: "s" }] });
    for (const lang of ["vi", "en"] as const) {
      expect(titleOf({ ...told, lang }, one)).toBe(catalogue(lang).desk.ownRules["receiver_dead"]?.title);
      expect(ruleResponse({ ...told, lang }, one.rule).length).toBeGreaterThan(40);
    }
    expect([subjectOf(told, one), ruleResponse(told, "constructor"), ruleResponse(told, "wait_mean")]).toEqual(["Nơi nhận “hotline”", "", ""]);
    expect(one.reasons.map((reason) => sampleWords("vi", reason))).toEqual(["12 tin đang chờ"]);
    expect(subjectOf(told, { subject: { kind: "city", id: "city", name: "city" }, group: "outage" })).toBe("Toàn thành phố");
  });

  test("what waits is said by the side of the held row on which it will stand", () => {
    const [high, low] = [aCase("a-1", { priority: "high" }), aCase("a-2", { priority: "low" })];
    expect(freshWords("vi", [high, low], aCase("a-3"))).toBe("1 mới ở trên, 1 mới ở dưới, 1 mức cao");
    expect([freshWords("en", [low], aCase("a-3")), freshWords("en", [low], aCase("a-3", { state: "acknowledged" })), freshWords("en", [high, low], null)]).toEqual(["1 new below", "1 new above", "2 new alerts, 1 high"]);
  });

  test("figures have their units; an unknown unit stands as it came", () => {
    expect([figure("vi", 1203, "dossiers"), figure("vi", 0.912, "share"), figure("vi", 2.5, "gaps"), figure("en", 3, "lamps"), figure("en", 4, ""), figure("en", 5, "toString")])
      .toEqual(["1.203 hồ sơ", "91,2%", "2,5 nhịp thường lệ", "3 lamps", "4", "5 toString"]);
  });

  test("the age of what is over ends when it did", () => {
    expect(ageWords("vi", aCase("a-1"), NOW)).toBe("20 phút");
    expect(ageWords("vi", aCase("a-1", { standing: false, returned_at: "2026-11-23T09:15:00+07:00" }), NOW)).toBe("5 phút");
  });

  test("an urging is written from the case, in Vietnamese, within what the server takes", () => {
    const text = urgeText({ ...told, lang: "en" }, aCase("a-1"), NOW);
    expect(text).toBe("Đề nghị đơn vị kiểm tra, xử lý: thời gian chờ trung bình vượt 15 phút tại Phường Ba Đình (16 phút, ngưỡng 15 phút), từ 09:10. Báo cáo nguyên nhân và kết quả về bàn trực trong 30 phút.");
    expect(text.length).toBeLessThan(500);
  });

  test("the room's link calls by what there is, and calm is not a feed that has stopped", () => {
    expect([deskLink("vi", null), deskLink("vi", desk()), deskLink("vi", desk({ new: 3, by_priority: { high: 1 } }))]).toEqual(["Cảnh báo", "Cảnh báo", "Cảnh báo 3 mới, 1 cao"]);
    expect([callOf(null), callOf(desk()), callOf(desk({ new: 1 })), callOf(desk({ new: 1, by_priority: { high: 1 } }))]).toEqual([null, null, "new", "high"]);
    expect([counted(0, "x"), counted(3, "x")]).toEqual(["x", "(3) x"]);
    expect(evaluation("vi", desk(), "2026-11-23T09:30:10+07:00")).toEqual({ words: "Đánh giá lần cuối lúc 09:30:00, 10 giây trước.", isLate: false });
    expect(evaluation("vi", desk(), "2026-11-23T09:35:00+07:00").isLate).toBe(true);
    expect(evaluation("vi", null, NOW).words).toBe("Máy chủ chưa đánh giá lần nào.");
  });
});

describe("forms", () => {
  test("a seat is a code, never a name", () => {
    expect(["ca-1", " ban.2 ", "CA-1", "Nguyễn Văn A", "ca 1", "", "-1"].map(seatIn)).toEqual(["ca-1", "ban.2", null, null, null, null, null]);
    expect(seatsOf([aCase("a-1", { assigned_to: "ca-2", acknowledged_by: "ca-1" })], "ca-1")).toEqual(["ca-1", "ca-2"]);
  });

  test("a text is one line, and a day ends at Hà Nội's midnight", () => {
    expect(lineOf(" hai\n dòng \t chữ ")).toBe("hai dòng chữ");
    expect([minutesLeft(NOW), minutesLeft("2026-11-23T23:59:10+07:00"), minutesLeft("2026-11-23T17:00:00Z")]).toEqual([870, 1, 1440]);
  });
});

describe("the chart", () => {
  const sample = (minute: number, value: number | null): { at: string; value: number | null } => ({ at: `2026-11-23T09:${String(minute).padStart(2, "0")}:00+07:00`, value });

  test("the line is broken where nothing was sampled", () => {
    const runs = runsOf(pointsOf([sample(0, 1), sample(5, 2), sample(10, null), sample(15, 3), sample(20, 4), sample(25, 5), sample(50, 6)]));
    expect(runs.map((run) => run.map(({ value }) => value))).toEqual([[1, 2], [3, 4, 5], [6]]);
    expect(runsOf([])).toEqual([]);
    expect(pathOf([{ at: 0, value: 1 }, { at: 1, value: 2 }], (at) => at * 10, (value) => -value)).toBe("M0.0 -1.0L10.0 -2.0");
  });

  test("its scale has room for line and limit, and round times", () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true })), fc.double({ min: 0, max: 1e6, noNaN: true }), (values, limit) => {
      const top = topOf(values.map((value, at) => ({ at, value })), limit);
      expect(top).toBeGreaterThan(0);
      for (const one of [...values, limit]) expect(top).toBeGreaterThanOrEqual(one);
    }));
    const [from, to] = [Date.parse("2026-11-23T06:13:00+07:00"), Date.parse("2026-11-23T09:13:00+07:00")];
    expect(ticksOf(from, to, 4).map((at) => new Date(at).toISOString().slice(11, 16))).toEqual(["00:00", "01:00", "02:00"]);
  });
});

describe("quality", () => {
  const quality: Quality = {
    from: NOW, to: NOW, hours: 48, raised: 96, per_hour: 7.2, by_priority: { low: 60, medium: 30, high: 10 }, targets: { priorities: [80, 15, 5], per_hour: 6 },
    floods: [], flood_share: null, most: [], chattering: [], standing_over_a_day: [], acknowledged_without_action: null, median_acknowledge_s: null, hours_of: [],
  };

  test("is held against its targets; what is not known is no figure and meets none", () => {
    const of = new Map(qualityFigures("vi", quality).map((one) => [one.key, one]));
    expect([of.get("per_hour")?.value, of.get("per_hour")?.isMet]).toEqual(["7,2", false]);
    expect([quality, { ...quality, hours_unknown: 0 }, { ...quality, hours_unknown: 8 }].map((one) => hoursWords("en", one))).toEqual([
      "96 alerts in 48 working hours, also those without data", "96 alerts in 48 working hours with data", "96 alerts in 48 working hours with data; 8 hours without any data are left out",
    ]);
    expect([of.get("flood")?.value, of.get("flood")?.isMet]).toEqual(["—", null]);
    expect([of.get("acknowledge")?.value, of.get("without")?.value]).toEqual(["—", "—"]);
    expect(shares(quality).map(({ priority, share, target }) => [priority, share, target])).toEqual([["low", 0.6, 0.8], ["medium", 0.3, 0.15], ["high", 0.1, 0.05]]);
    expect(shares({ ...quality, by_priority: {} })[0]?.share).toBeNull();
    expect(hoursBetween([{ hour: 11, alerts: 2 }, { hour: 8, alerts: 5 }])).toEqual([{ hour: 8, alerts: 5 }, { hour: 9, alerts: 0 }, { hour: 10, alerts: 0 }, { hour: 11, alerts: 2 }]);
    expect(hoursBetween([])).toEqual([]);
    expect([perDay(quality), perDay({ ...quality, hours: 0 })]).toEqual([48, null]);
  });
});
