import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FIGURE, classOf, classesOf, hourOf, hourRange, ofHour, ofWeek, ranked, together, valueOf, weekdayOf, wilson } from "../src/room/compare/model.ts";
import { runsOfHours, smallOf } from "../src/room/compare/multiples.ts";
import { noteWords, unknownSites } from "../src/room/compare/notes.ts";
import { MOST, daysIn, hashOfCompare, hashOfView, start, viewOf, withSite, withoutSite } from "../src/room/compare/state.ts";
import type { Row } from "../src/room/compare/state.ts";
import { cellOf, sayCell } from "../src/room/compare/words.ts";
import { queryOf } from "../src/room/pages/hash.ts";
import { placesOf } from "../src/room/pages/places.ts";

describe("the address", () => {
  test("is read as it is written; points once each, twelve at most", () => {
    const view = { sites: ["00004", "CN01"], from: "2026-11-16", to: "2026-11-21", figure: "over", key: "CN01" } as const;
    expect(hashOfView(view)).toBe("#/compare?sites=00004,CN01&from=2026-11-16&to=2026-11-21&figure=over&key=CN01");
    expect(viewOf(queryOf(hashOfView(view), "compare") ?? {})).toEqual(view);
    expect(hashOfCompare(["00004"])).toBe("#/compare?sites=00004");
    expect(viewOf({ sites: Array.from({ length: 20 }, (_, i) => `s${i % 15}`).join(","), figure: "mean", key: "x" })).toMatchObject({ figure: "wait", key: "" });
    expect(viewOf({ sites: Array.from({ length: 20 }, (_, i) => `s${i}`).join(",") }).sites).toHaveLength(MOST);
  });

  test("a point is added once, and taken away", () => {
    const one = withSite(viewOf({}), "00004");
    expect(withSite(one, "00004")).toBe(one);
    expect(withoutSite(one, "00004").sites).toEqual([]);
    expect(daysIn({ from: "2026-11-16", to: "2026-11-21" })).toBe(6);
  });
});

describe("figures", () => {
  test("of several hours are weighted by their sample; without one there is none", () => {
    expect(valueOf(together([{ sum: 300 * 2, n: 2 }, { sum: 900, n: 1 }]))).toBe(500);
    expect(valueOf(together([]))).toBeNull();
    expect(FIGURE.wait.of({ mean_wait_s: null, started: 3 })).toEqual({ sum: 0, n: 0 });
    expect(FIGURE.satisfied.of({})).toEqual({ sum: 0, n: 0 });
  });

  test("Wilson's interval holds the share, lies within 0 and 1, and is the server's", () => {
    // What GET /api/v1/ratings says of 2 of 2, and of 4 of 4.
    expect(wilson(2, 2)?.map((one) => Number(one.toFixed(6)))).toEqual([0.34238, 1]);
    expect(wilson(4, 4)?.map((one) => Number(one.toFixed(6)))).toEqual([0.510109, 1]);
    expect(wilson(0, 0)).toBeNull();
    fc.assert(fc.property(fc.integer({ min: 1, max: 5000 }).chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n))), ([sum, n]) => {
      const [low, high] = wilson(sum, n) ?? [NaN, NaN];
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low - 1e-9).toBeLessThanOrEqual(sum / n);
      expect(high + 1e-9).toBeGreaterThanOrEqual(sum / n);
    }));
  });

  test("the worst comes first, of what is good the least, and who has none last", () => {
    const rows = new Map<string, Row>([["a", { mean_wait_s: 300, started: 9, p50_wait_s: 200, p90_wait_s: 800 }], ["b", { mean_wait_s: 900, started: 2 }], ["c", { mean_wait_s: null, started: 0 }]]);
    expect(ranked(["a", "c", "b", "d"], rows, "wait").map(({ site, value, low, high }) => [site, value, low, high])).toEqual([["b", 900, null, null], ["a", 300, 200, 800], ["c", null, null, null], ["d", null, null, null]]);
    const rated = new Map<string, Row>([["a", { satisfied: 9, ratings: 10 }], ["b", { satisfied: 1, ratings: 2 }]]);
    expect(ranked(["a", "b"], rated, "satisfied").map(({ site }) => site)).toEqual(["b", "a"]);
  });

  test("the target parts the third class of heat from the fourth", () => {
    const bounds = classesOf("wait", 900);
    expect([4, 5, 14.9, 15, 15.1, 26].map((value) => classOf(bounds, value))).toEqual([1, 1, 3, 3, 4, 5]);
  });

  test("files have minutes and shares as numbers, and nothing where there is nothing", () => {
    expect([cellOf("wait", 334), cellOf("over", 0.12345), cellOf("wait", null)]).toEqual([5.6, 0.123, null]);
    expect([sayCell("vi", "wait", 5.6), sayCell("en", "over", 0.123), sayCell("en", "over", null)]).toEqual(["5,6", "12.3%", "—"]);
  });
});

describe("hours", () => {
  test("are Hà Nội's, and so are weekdays", () => {
    const sunday = Date.parse("2026-11-22T00:00:00+07:00");
    expect([weekdayOf(sunday), weekdayOf(sunday - 1), hourOf(sunday), hourOf(sunday - 1)]).toEqual([6, 5, 0, 23]);
    expect(hourRange(["2026-11-20T08:00+07:00", "2026-11-21T11:00+07:00"].map(Date.parse))).toEqual([8, 9, 10, 11]);
    expect(hourRange([])).toEqual([]);
  });

  test("are put together by hour and by weekday; a gap stays a gap", () => {
    const cells = [{ weekday: 0, hour: 8, sum: 10, n: 2 }, { weekday: 1, hour: 8, sum: 20, n: 1 }, { weekday: 0, hour: 10, sum: 5, n: 1 }];
    expect(ofHour(cells, 8)).toEqual({ sum: 30, n: 3 });
    expect(ofWeek(cells, 1, 8)).toEqual({ sum: 20, n: 1 });
    expect(ofWeek(cells, 1, 9)).toEqual({ sum: 0, n: 0 });
    const small = smallOf("a", cells, [8, 9, 10]);
    expect(small.all.n).toBe(4);
    expect(runsOfHours(small.hours)).toEqual([[{ at: 8, value: 10 }], [{ at: 10, value: 5 }]]);
  });
});

describe("what is said first", () => {
  const places = placesOf([], [{ code: "00004", name: "Phường Ba Đình" }]);
  const whole = { value: { as_of: "", simulated: true, rows: [{ site: "heard-of" }], provisional: [] }, asking: false, problem: null };

  test("a point that neither the register nor anything else knows is named", () => {
    const state = { ...start("en"), places, whole, view: viewOf({ sites: "00004,NOPE,heard-of" }) };
    expect(unknownSites(state)).toEqual(["NOPE"]);
    expect(unknownSites({ ...state, whole: { value: null, asking: true, problem: null } })).toEqual([]);
  });

  test("nothing chosen, days that are too many, days ahead, and a day that goes on", () => {
    const now = { ...start("en"), asOf: "2026-11-20T09:00:00+07:00", places };
    const of = (query: Record<string, string>): string => noteWords({ ...now, view: viewOf({ sites: "00004", ...query }) }).words;
    expect(noteWords(now).told).toBe("pick");
    expect(of({ from: "2026-09-01", to: "2026-11-01" })).toContain("31 days");
    expect(of({ from: "2026-12-01", to: "2026-12-02" })).toContain("still to come");
    expect(of({})).toContain("provisional");
    expect(of({ from: "2026-11-16", to: "2026-11-19" })).toBe("");
  });
});
