/** Whatever a chart is given, gaps, nothing, one value, no width, numbers that are none: it writes no number that is none. */
import fc from "fast-check";
import { beforeAll, afterAll, describe, expect, test, vi } from "vitest";
import type { Priority } from "../src/live/views.ts";
import { dotAt, lineAt, rectAt, targetLine, textAt, timeAxis } from "../src/room/charts/draw.ts";
import type { Boards, Ratings, Visits } from "../src/room/charts/reports.ts";
import { linear, pathOf, runsOf, stepOf, stepPath, ticksOf, topOf, valuesTo } from "../src/room/charts/scale.ts";
import { HOUR, QUARTER } from "../src/room/day/model.ts";
import type { Day } from "../src/room/day/model.ts";
import { drawDay } from "../src/room/day/picture.ts";
import { chartOf } from "../src/room/desk/chart.ts";
import { aCase } from "./cases.ts";

/** As much of a document as drawing needs: what is written is kept. */
class Drawn {
  readonly attrs = new Map<string, string>();
  readonly children: Drawn[] = [];
  readonly style: Record<string, string> = {};
  textContent = "";
  constructor(readonly tag: string) {}
  setAttribute(name: string, value: string): void { this.attrs.set(name, value); }
  append(...all: Drawn[]): void { this.children.push(...all); }
  prepend(one: Drawn): void { this.children.unshift(one); }
}

beforeAll(() => { vi.stubGlobal("document", { createElementNS: (_: string, tag: string) => new Drawn(tag) }); });
afterAll(() => { vi.unstubAllGlobals(); });

const NO_NUMBER = /NaN|Infinity|undefined|null/;
const written = (node: unknown): string[] => {
  const { tag, attrs, children } = node as Drawn;
  return [...[...attrs].map(([name, value]) => `${tag} ${name}=${value}`), ...children.flatMap(written)];
};
const clean = (nodes: readonly unknown[]): void => { expect(nodes.flatMap(written).filter((one) => NO_NUMBER.test(one))).toEqual([]); };

const BEGIN = Date.parse("2026-11-20T08:00:00+07:00");
/** Numbers as the server sends them, and those that arithmetic makes of what was not there. */
const any = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: -5, max: 5_000 }) }, fc.constantFrom(0, NaN, Infinity, -Infinity));
const some = fc.option(any, { nil: null });
const width = fc.constantFrom(0, 1, 40, 360, 1_900);

const visits: fc.Arbitrary<Visits> = fc.record({
  visits: any, started: any, finished: any, abandoned: any, unresolved: any, walk_in: any, implausible: any, approximate: any,
  mean_wait_s: some, p50_wait_s: some, p90_wait_s: some, over_15min: any, mean_transaction_s: some,
});
const boards: fc.Arbitrary<Boards> = fc.record({ snapshots: any, mean_waiting: some, peak_waiting: some, mean_open_counters: some, silent_minutes: any });
const ratings: fc.Arbitrary<Ratings> = fc.record({ ratings: any, satisfied: any, satisfied_share: some, low: some, high: some });
const known = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> => fc.oneof(one, fc.constantFrom(null, undefined));
const time = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 600 }).map((minute) => BEGIN + minute * 60_000) }, fc.constant(NaN));
const steps = fc.array(fc.record({ at: time, count: any }), { maxLength: 12 });

const day: fc.Arbitrary<Day> = fc.record({
  from: fc.constant(BEGIN), to: fc.constantFrom(BEGIN, BEGIN + 4 * HOUR), until: time, queueUntil: time, hasBoard: fc.boolean(),
  quarters: fc.array(fc.record({ visits: known(visits), board: known(boards) }), { maxLength: 16 }).map((all) => all.map((one, i) => ({ ...one, at: BEGIN + i * QUARTER }))),
  hours: fc.array(known(ratings), { maxLength: 4 }).map((all) => all.map((one, i) => ({ at: BEGIN + i * HOUR, ratings: one }))),
  alerts: fc.array(fc.record({ priority: fc.constantFrom<Priority>("high", "medium", "low"), from: time, to: time }), { maxLength: 3 })
    .map((all) => all.map(({ priority, from, to }, i) => ({ one: aCase(`a-${i}`, { priority }), from, to, isBefore: false, isAfter: false }))),
  queue: fc.option(steps.map((all) => ({ steps: all, lost: 0 })), { nil: null }),
  counters: fc.option(steps, { nil: null }),
});

describe("no number that is none is written", () => {
  test("by the picture of a day", () => {
    fc.assert(fc.property(day, fc.constantFrom(null, 0, 900), width, fc.constantFrom("vi" as const, "en" as const), (one, target, wide, lang) => {
      clean([drawDay({ lang, day: one, target, title: "t", text: "t", name: () => "a" }, wide)]);
    }));
  });

  test("by the picture of a day whose queue holds up to no instant: it is left out, and the rest is drawn", () => {
    const quarters = [{ at: BEGIN, visits: { visits: 1, started: 1, finished: 1, abandoned: 0, unresolved: 0, walk_in: 0, implausible: 0, approximate: 0, mean_wait_s: 60, p50_wait_s: 60, p90_wait_s: 60, over_15min: 0, mean_transaction_s: 60 }, board: null }];
    const one: Day = { from: BEGIN, to: BEGIN + HOUR, until: BEGIN + HOUR, queueUntil: NaN, hasBoard: false, quarters, hours: [], alerts: [], queue: { steps: [{ at: BEGIN, count: 1 }], lost: 0 }, counters: null };
    const drawn = drawDay({ lang: "vi", day: one, target: 900, title: "t", text: "t", name: () => "a" }, 900);
    clean([drawn]);
    expect(written(drawn).filter((line) => line.startsWith("circle"))).not.toEqual([]);
  });

  test("by the last hours of a figure", () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 600 }), some), { maxLength: 20 }), some, width, (all, limit, wide) => {
      const points = all.map(([minute, value]) => ({ at: new Date(BEGIN + minute * 60_000).toISOString(), value }));
      const drawn = chartOf("en", "t", { points, unit: "minutes", limit, kind: "queue", title: "t" } as never, wide);
      if (drawn !== null) clean([drawn]);
    }));
  });

  test("by any mark", () => {
    fc.assert(fc.property(any, any, any, any, (a, b, c, d) => {
      clean([textAt(a, b, "t"), lineAt(a, b, c, d, "k"), rectAt(a, b, c, d, {}), dotAt(a, b, c, "k"), ...targetLine(a, b, c, "t"), ...timeAxis("vi", [BEGIN, BEGIN + HOUR], linear(a, b, c, d), { top: a, floor: b, most: 4 })]);
    }));
  });

  test("by any line, which is broken there and starts anew with a move", () => {
    const points = fc.array(fc.record({ at: any, value: some }), { maxLength: 30 });
    fc.assert(fc.property(points, any, any, any, any, fc.boolean(), (all, a, b, c, d, joined) => {
      const [x, y] = [linear(a, b, c, d), linear(c, d, a, b)];
      expect(stepOf(all)).not.toBeUndefined();
      const lines = [...runsOf(all), all.map(({ at, value }) => ({ at, value: value ?? NaN }))].map((run) => pathOf(run, x, y));
      lines.push(stepPath(all.map(({ at, value }, i) => ({ at, end: all[i + 1]?.at ?? b, value })), x, y, joined));
      for (const line of lines) expect(line).toMatch(/^(M-?[\d.]+ -?[\d.]+([LHV]-?[\d.]+( -?[\d.]+)?)*)*$/);
    }));
  });

  test("by scales: they end, and have a top", () => {
    fc.assert(fc.property(fc.array(fc.record({ at: any, value: some })), some, any, any, (points, limit, a, b) => {
      const top = topOf(points, limit);
      expect(Number.isFinite(top) && top > 0).toBe(true);
      expect(ticksOf(a, b, 5).every((tick) => Number.isFinite(tick))).toBe(true);
      expect(valuesTo(a).length).toBeGreaterThan(0);
    }));
  });
});

test("steps are joined to the one that lies next to them alone", () => {
  const same = (value: number): number => value;
  expect(stepPath([{ at: 0, end: 1, value: 2 }, { at: 1, end: 3, value: 4 }, { at: 5, end: 6, value: 1 }], same, same, true)).toBe("M0.0 2.0H1.0V4.0M1.0 4.0H3.0M5.0 1.0H6.0");
  expect(stepPath([{ at: 0, end: 1, value: 2 }, { at: 1, end: 3, value: null }, { at: 3, end: 3, value: 1 }], same, same, false)).toBe("M0.0 2.0H1.0");
});
