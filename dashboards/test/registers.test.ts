import { describe, expect, test } from "vitest";
import { fileName } from "../src/room/pages/csv.ts";
import { queryOf } from "../src/room/pages/hash.ts";
import { placed } from "../src/room/pages/interval.ts";
import { placesOf } from "../src/room/pages/places.ts";
import * as registers from "../src/room/registers/state.ts";
import { counted, daysBetween, matrix, subjectsOf, taskName, trainingRows } from "../src/room/registers/model.ts";
import type { Task, Training } from "../src/room/registers/view.ts";
import { inOrder } from "../src/room/scorecard/baselines.ts";
import * as scorecard from "../src/room/scorecard/state.ts";
import { boardColumns, boardRow, cardName, judged, rankWords, shortCardName, standings, valueWords, weightShares } from "../src/room/scorecard/model.ts";
import type { Card, Metric, MetricScore, Productivity, Scorecard } from "../src/room/scorecard/view.ts";
import * as watching from "../src/room/watching/state.ts";
import { evidenceOf, evidenceWords, oddOf, ofNobody, rowsOf, unitName } from "../src/room/watching/model.ts";
import type { Quality } from "../src/room/watching/view.ts";

const places = placesOf([{ code: "00004", name: "Phường Ba Đình" }, { code: "00008", name: "Phường Ngọc Hà" }], [{ code: "CN08", name: "Điểm tiếp nhận chi nhánh – Quận Hoàng Mai (cũ)" }]);
const back = (hash: string, page: string): Readonly<Record<string, string>> => queryOf(hash, page) ?? {};

describe("addresses", () => {
  test("of the scorecard come back as they were, and points' parts are internal", () => {
    const views: scorecard.View[] = [scorecard.EMPTY, { ...scorecard.EMPTY, period: "2026-Q4", side: "external", key: "dept/justice", find: "tư pháp", sort: "-g5.4" }, scorecard.withShow(scorecard.EMPTY, "productivity")];
    for (const one of views) expect(scorecard.viewOf(back(scorecard.hashOfView(one), "scorecard"))).toEqual(one);
    expect(scorecard.hashOfView(scorecard.EMPTY)).toBe("#/scorecard");
    expect(scorecard.viewOf({ view: "external", show: "equity" }).side).toBe("internal");
    expect(scorecard.hashOfUp(scorecard.withKey(scorecard.EMPTY, "CN13"))).toBe("#/scorecard");
    expect(scorecard.hashOfUp(scorecard.EMPTY)).toBe("#/");
  });

  test("of the registers and of what is watched, too", () => {
    const days = { from: "2026-11-01", to: "2026-11-30" };
    for (const one of [registers.EMPTY, registers.withKey(registers.EMPTY, "transfer/07"), { ...registers.withShow("sessions"), days }, registers.withShow("training")]) {
      expect(registers.viewOf(back(registers.hashOfView(one), "registers"))).toEqual(one);
    }
    for (const one of [watching.EMPTY, { ...watching.EMPTY, show: "integrity" as const, days, key: "due_moved" }]) {
      expect(watching.viewOf(back(watching.hashOfView(one), "watching"))).toEqual(one);
    }
    const open = { ...watching.EMPTY, show: "integrity" as const, days, key: "due_moved" };
    expect(watching.hashOfUp(open)).toBe("#/watching?show=integrity&from=2026-11-01&to=2026-11-30");
  });

  test("sessions are asked for once the server's today is known", () => {
    const state = { ...registers.start("vi"), view: registers.withShow("sessions") };
    expect(registers.sessionsAddress(state)).toBeNull();
    const told = { ...state, tasks: { value: { as_of: "2026-11-26T10:00:00+07:00", simulated: true, rows: [] }, asking: false, problem: null } };
    expect(registers.sessionsAddress(told)).toBe("/api/v1/sessions?from=2026-10-27&to=2026-12-11");
  });
});

const card: Card = {
  key: "CN08", name: "Điểm tiếp nhận chi nhánh – Quận Hoàng Mai (cũ)", kind: "branch", points: 91.5, low: 80, high: 93, rank: 2, rank_between: [1, 131], known_weight: 0.5,
  groups: [{ code: "5.1", points: 97.5, low: 90, high: 100, known: [1, 2] }, { code: "5.6", points: null, low: null, high: null, known: [0, 1] }], metrics: [],
};
const metric = (code: string, measure: Metric["measure"], views = ["internal"]): Metric => ({ code, group: "5.1", vi: code, en: code, measure, views });
const answer: Scorecard = {
  period: "2026-11", as_of: "2026-11-26T23:37:35+07:00", simulated: true, view: "internal", rows: [card], weights: null, weights_note: { vi: "", en: "" },
  criteria: { groups: [{ code: "5.1", vi: "", en: "" }, { code: "5.6", vi: "", en: "" }], metrics: [metric("a", { share: { inverted: false } }), metric("b", "entered"), metric("c", "entered", ["external"])] },
};

describe("the scorecard", () => {
  test("says a rank with what it may be, and no rank where there is none", () => {
    expect(rankWords("vi", card)).toBe("2 (1–131)");
    expect(rankWords("vi", { ...card, rank: null, rank_between: null })).toBe("—");
    expect(cardName("vi", places, { ...card, key: "dept/justice", name: null })).toBe("Sở Tư pháp");
    expect(shortCardName("vi", places, card)).toBe("Quận Hoàng Mai (cũ)");
  });

  test("has equal weights until some are set", () => {
    expect([...weightShares(answer).values()]).toEqual([0.5, 0.5]);
    const set = { ...answer, weights: { entered_at: "", source: "QĐ", value: { "5.1": 3, "5.6": 1 } } };
    expect([...weightShares(set).values()]).toEqual([0.75, 0.25]);
  });

  test("what is not known is empty in its file, and never 0", () => {
    const row = boardRow("vi", places, answer, card);
    const columns = boardColumns(answer);
    expect(row).toHaveLength(columns.length);
    expect(row[columns.indexOf("g5.6")]).toBeNull();
    expect(row[columns.indexOf("g5.1")]).toBe(97.5);
    expect(row[columns.indexOf("rank_worst")]).toBe(131);
  });

  test("judges only criteria of its view that events cannot tell", () => {
    expect(judged(answer).map(({ code }) => code)).toEqual(["b"]);
  });

  test("says values in their own measure", () => {
    const one = (value: number | null): MetricScore => ({ code: "a", group: "5.1", value, sample: 1, points: 1, low: null, high: null, is_entered: false });
    expect(valueWords("vi", metric("a", { share: { inverted: false } }), one(0.975))).toBe("97,5%");
    expect(valueWords("vi", metric("a", { mean: { target: 900 } }), one(150))).toBe("2,5 phút");
    expect(valueWords("en", metric("a", "entered"), one(80))).toBe("80.0");
    expect(valueWords("vi", metric("a", "entered"), one(null))).toBe("—");
  });

  test("counts points by how they stand, and puts the newest index first", () => {
    const rows = ["met", "exempt", "exempt"].map((standing) => ({ standing }) as Productivity);
    expect(standings(rows)).toEqual({ met: 1, under: 0, exempt: 2, unknown: 0 });
    const index = (year: number, entered_at?: string) => ({ index: "PCI", year, rank: 1, value: null, source: "", ...(entered_at === undefined ? {} : { entered_at }) });
    expect(inOrder([index(2022), index(2023), index(2023, "now")]).map(({ year, entered_at }) => [year, entered_at])).toEqual([[2023, "now"], [2023, undefined], [2022, undefined]]);
  });

  test("an interval lies on its scale, and nothing on it where nothing is known", () => {
    expect(placed({ low: 80, mid: 90, high: 120 }, 100)).toEqual({ left: 80, width: 20, mark: 90 });
    expect(placed({ low: null, mid: 50, high: null }, 100)).toEqual({ left: 50, width: 0, mark: 50 });
    expect(placed({ low: null, mid: null, high: null }, 100)).toBeNull();
  });
});

describe("the registers", () => {
  const training: Training = {
    as_of: "", simulated: true, units: 2, units_reported: 1, subjects: { ethics: { units: 1, complete: 0, count: 3, of: 4, due: null } },
    rows: [{ unit: "00004", subject: "ethics", count: 3, of: 4, share: 0.75, is_overdue: true, told_at: "" }, { unit: "dept/x", subject: "ethics", count: 2, of: null, share: null, is_overdue: false, told_at: "" }],
  };

  test("have a row for every unit, and nothing is known of who never reported", () => {
    const rows = matrix(training, places.units);
    expect(rows.map(({ unit, share, cells }) => [unit, share, cells.size])).toEqual([["00004", 0.75, 1], ["00008", null, 0], ["dept/x", null, 1]]);
    const lines = trainingRows(places, training, rows, subjectsOf(training));
    expect(lines[1]).toEqual(["00008", "Phường Ngọc Hà", "ethics", null, null, null, null, null, true]);
  });

  test("count standings, days, and name what only events have named", () => {
    expect(counted(["open", "done"], ["done", "done"])).toEqual({ open: 0, done: 2 });
    expect(daysBetween("2026-11-26T00:00:00+07:00", "2026-12-02T17:00:00+07:00")).toBe(6);
    expect(daysBetween("2026-02-01T00:00:00+07:00", "2026-01-31T17:00:00+07:00")).toBe(-1);
    const task = { id: "plan/9", vi: null, en: null } as Task;
    expect(taskName("vi", task)).toBe("plan/9");
  });
});

describe("what is watched", () => {
  const quality: Quality = {
    as_of: "", simulated: true, rules: [],
    result: { dossiers: 9, found: [{ code: "twice", vi: "Hai lần", en: "Twice", count: 5, examples: ["000.00.25.H26-261102-0001"], by_agency: { "dept/justice": 1, "commune/00004": 3 } }] },
  };

  test("units stand by how often, and those not known are told", () => {
    const [one] = oddOf(quality);
    expect(one?.units.map(({ code }) => code)).toEqual(["commune/00004", "dept/justice"]);
    expect(one === undefined ? null : ofNobody(one)).toBe(1);
    expect([unitName("vi", places, "commune/00004"), unitName("vi", places, "CN08"), unitName("vi", places, "x")]).toEqual(["Phường Ba Đình", "Điểm tiếp nhận chi nhánh – Quận Hoàng Mai (cũ)", "x"]);
  });

  test("evidence is a dossier that can be opened, or a counter and a time", () => {
    expect(evidenceOf("000.00.25.H26-261102-0001")).toEqual({ kind: "dossier", code: "000.00.25.H26-261102-0001" });
    const rating = evidenceOf("CN08/1 2026-11-14T09:51:47.623+07:00");
    expect(rating).toEqual({ kind: "rating", site: "CN08", counter: "1", time: "2026-11-14T09:51:47.623+07:00" });
    expect(evidenceWords("vi", places, rating)).toMatch(/09:51 .*Hoàng Mai.*quầy 1/);
    expect(evidenceOf("CN08 2026-11-14T09:51:47+07:00")).toMatchObject({ kind: "rating", counter: null });
  });

  test("its file has a line for each unit and each example", () => {
    const rows = rowsOf("vi", places, oddOf(quality), { from: "2026-11-01", to: "2026-11-30", simulated: true });
    expect(rows.map((row) => [row[3], row[4]])).toEqual([["unit", "commune/00004"], ["unit", "dept/justice"], ["example", "000.00.25.H26-261102-0001"]]);
  });

  test("files are named for any disk", () => {
    expect(fileName("scorecard", "dept/justice", "2026-11", true)).toBe("scorecard_dept-justice_2026-11_simulated.csv");
    expect(fileName("tasks", "", false)).toBe("tasks.csv");
  });
});
