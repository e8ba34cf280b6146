import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bySite, dayBegin } from "../src/room/charts/reports.ts";
import type { Report, Visits } from "../src/room/charts/reports.ts";
import { HOUR, QUARTER, atInstant, boundsOf, clamped, dayOfState, hoursOf, quartersOf, spansOf, stillOpen } from "../src/room/day/model.ts";
import { toldOf } from "../src/room/day/notes.ts";
import { instantOf, placeOf } from "../src/room/day/picture.ts";
import { saidOf } from "../src/room/day/readout.ts";
import { hashOfDay, hashOfView, isSite, standingOf, start, viewOf } from "../src/room/day/state.ts";
import type { PageState } from "../src/room/day/state.ts";
import { countAt, countersOf, meanOver, queueOf } from "../src/room/day/tickets.ts";
import type { Ticket } from "../src/room/day/tickets.ts";
import { valuesOf } from "../src/room/day/values.ts";
import { queryOf } from "../src/room/pages/hash.ts";
import { aCase } from "./cases.ts";

const DAY = "2026-11-20";
const BEGIN = dayBegin(DAY);
const at = (time: string): number => Date.parse(`${DAY}T${time}:00+07:00`);
const stamped = (time: string): string => `${DAY}T${time}:00.000+07:00`;

const visits = (change: Partial<Visits> = {}): Visits => ({
  visits: 4, started: 4, finished: 3, abandoned: 0, unresolved: 0, walk_in: 0, implausible: 0, approximate: 0,
  mean_wait_s: 300, p50_wait_s: 240, p90_wait_s: 840, over_15min: 0, mean_transaction_s: 420, ...change,
});

const answered = <T>(value: T): { value: T; asking: false; problem: null } => ({ value, asking: false, problem: null });
const report = <R>(rows: readonly R[]): Report<R> => ({ as_of: "2026-11-23T09:00:00+07:00", simulated: true, rows, provisional: [] });
const site = (days: NonNullable<PageState["site"]["value"]>["days"] = []): PageState["site"] => answered({ as_of: "2026-11-23T09:00:00+07:00", days, site: null, now: null });

/** A day of two hours of which one quarter had visits. */
function state(change: Partial<PageState> = {}): PageState {
  const row = { ...visits(), site: "00004" };
  const quarters = quartersOf([at("08:00"), at("09:00")], Infinity);
  return {
    ...start("en"), view: { site: "00004", date: DAY, queue: false, at: "" }, asOf: "2026-11-23T09:00:00+07:00", target: 900, site: site(),
    hours: answered(report([{ ...visits(), hour: `${DAY}T08:00+07:00` }, { ...visits(), hour: `${DAY}T09:00+07:00` }])),
    whole: answered(report([row])), board: answered(report([])), alerts: answered({ alerts: [], as_of: "2026-11-23T09:00:00+07:00" }),
    quarters: { values: new Map(quarters.map((one) => [bySite("visits", one, one + QUARTER), one === at("08:30") ? new Map([["00004", visits()]]) : new Map<string, Visits>()])), known: 8, wanted: 8, asking: false, problem: null },
    ...change,
  };
}

describe("the address", () => {
  test("is read as it is written, and takes no code that is none", () => {
    const view = { site: "CN01", date: DAY, queue: true, at: "09:30" };
    expect(viewOf(queryOf(hashOfView(view), "day") ?? {})).toEqual(view);
    expect(hashOfDay("00004")).toBe("#/day?site=00004");
    expect(viewOf({ site: "x' or '1'='1", date: "2026-02-30", at: "25:00" })).toEqual({ site: "", date: "", queue: false, at: "" });
    fc.assert(fc.property(fc.string(), (text) => { if (isSite(text)) expect(text).not.toMatch(/['"\\\s;]/); }));
  });

  test("a day is past, today or ahead of the server's own, whatever this machine's clock says", () => {
    const asOf = "2026-11-20T23:30:00+07:00";
    expect(["2026-11-19", "2026-11-20", "2026-11-21", ""].map((day) => standingOf(day, asOf))).toEqual(["past", "today", "ahead", "unknown"]);
    expect(standingOf(DAY, null)).toBe("unknown");
  });
});

describe("the day", () => {
  test("is asked for by the quarters of the hours in which anything counted, without a gap, up to now", () => {
    expect(hoursOf([`${DAY}T10:00+07:00`, `${DAY}T08:00+07:00`])).toEqual([at("08:00"), at("09:00"), at("10:00")]);
    expect(hoursOf([])).toEqual([]);
    expect(quartersOf([at("08:00")], at("08:20"))).toEqual([at("08:00"), at("08:15")]);
    expect(stillOpen([at("07:00"), at("10:00")], at("11:00"))).toEqual([at("10:00")]);
    expect(boundsOf([at("08:30")], [0, 1])).toEqual([at("08:00"), at("12:00")]);
  });

  test("tells what is not known from what is nothing, and neither is 0", () => {
    const day = dayOfState(state());
    expect(day?.quarters.find((one) => one.at === at("08:30"))?.visits).toEqual(visits());
    expect(day?.quarters.find((one) => one.at === at("08:45"))?.visits).toBeNull();
    const loading = dayOfState(state({ quarters: { values: new Map(), known: 0, wanted: 8, asking: true, problem: null } }));
    expect(loading?.quarters[0]?.visits).toBeUndefined();
    const values = valuesOf("en", day ?? expect.fail());
    expect(values.rows[3]?.slice(0, 3)).toEqual(["2026-11-20T08:45:00+07:00", null, null]);
    expect(values.rows.every((row) => row.length === values.head.length)).toBe(true);
    expect(values.say(null, 1)).toBe("—");
  });

  test("says in what state it is", () => {
    const none = { whole: answered(report([])) };
    expect(toldOf(state())).toBe("whole");
    expect(toldOf(state({ view: { site: "", date: "", queue: false, at: "" } }))).toBe("pick");
    expect(toldOf(state({ asOf: "2026-11-19T09:00:00+07:00" }))).toBe("ahead");
    expect(toldOf(state({ asOf: "2026-11-20T09:00:00+07:00" }))).toBe("today");
    expect(toldOf(state(none))).toBe("empty");
    expect(toldOf(state({ ...none, hours: answered(report([])) }))).toBe("empty_city");
    expect(toldOf(state({ ...none, site: site([{ day: DAY, closes_at: null, final_at: null, missing: [], provisional: false }]) }))).toBe("shut");
    expect(toldOf(state({ site: site([{ day: DAY, closes_at: null, final_at: null, missing: ["kiosk/1"], provisional: true }]) }))).toBe("provisional");
    expect(toldOf(state({ site: { value: null, asking: false, problem: { status: 404, code: "unknown_site", detail: "" } } }))).toBe("none");
  });

  test("has the alerts that stood in it, each cut to what is drawn", () => {
    const lasted = aCase("a-1", { since: "2026-11-19T10:00:00+07:00", standing: false, returned_at: stamped("09:00") });
    const over = aCase("a-2", { since: "2026-11-18T10:00:00+07:00", standing: false, returned_at: "2026-11-18T11:00:00+07:00" });
    const still = aCase("a-3", { since: stamped("09:30"), standing: true });
    const spans = spansOf([still, over, lasted], at("08:00"), at("12:00"), at("18:00"));
    expect(spans.map(({ one, from, to, isBefore, isAfter }) => [one.id, from, to, isBefore, isAfter])).toEqual([
      ["a-1", at("08:00"), at("09:00"), true, false], ["a-3", at("09:30"), at("12:00"), false, true],
    ]);
  });

  test("at an instant is its quarter, what was before it, and the alerts that stood; the cursor stays within", () => {
    const day = dayOfState(state()) ?? expect.fail();
    const instant = atInstant(day, at("08:50"));
    expect([instant.quarter?.at, instant.issued, instant.waiting, instant.isExact]).toEqual([at("08:45"), 4, null, { waiting: false, counters: false }]);
    expect(atInstant(day, at("08:40")).issued).toBe(0);
    const said = saidOf(state(), atInstant(day, at("08:40")));
    expect(said.find(({ key }) => key === "mean")).toMatchObject({ value: "5.0 min", note: "08:30–08:45, n = 4" });
    expect(saidOf(state(), instant).find(({ key }) => key === "mean")?.value).toBe("no data");
    expect(clamped(day, 0)).toBe(day.from);
    expect(clamped(day, Infinity)).toBe(day.until);
    for (const width of [360, 1900]) expect(instantOf(day, width)(placeOf(day, width)(at("09:10")))).toBeCloseTo(at("09:10"), -1);
  });

  test("has the queue that single tickets tell up to when they were asked for, and the board's where there are none", () => {
    const tickets = [{ issued_at: stamped("08:30"), started_at: null, ended_at: null, outcome: "in_progress" }];
    const change = { asOf: stamped("09:40"), tickets: answered({ tickets, changes: [], until: at("09:20") }) };
    const day = dayOfState(state(change)) ?? expect.fail();
    expect([atInstant(day, at("09:10")).waiting, atInstant(day, at("09:30")).waiting, day.counters]).toEqual([1, null, null]);
    const board = { snapshots: 3, mean_waiting: 2, peak_waiting: 4, mean_open_counters: 1, silent_minutes: 0 };
    const boards = { values: new Map([[bySite("boards", at("08:30"), at("08:45")), new Map([["00004", board]])]]), known: 1, wanted: 1, asking: false, problem: null };
    const told = dayOfState(state({ board: answered(report([{ ...board, site: "00004" }])), boards, tickets: answered({ tickets: [], changes: [], until: at("18:00") }) })) ?? expect.fail();
    expect([told.queue, atInstant(told, at("08:40")).waiting, atInstant(told, at("08:40")).isExact.waiting]).toEqual([null, 2, false]);
  });

  test("has a cursor that stays within what is known, of a day that goes on", () => {
    expect(dayOfState(state({ asOf: stamped("09:10") }))?.until).toBe(at("09:10"));
  });
});

describe("the queue from single tickets", () => {
  const ticket = (issued: string, started: string | null, outcome = "finished"): Ticket => ({ issued_at: stamped(issued), started_at: started === null ? null : stamped(started), ended_at: null, outcome });

  test("counts who has a number and is not served yet, and leaves out who was lost sight of", () => {
    const { steps, lost } = queueOf([ticket("08:00", "08:20"), ticket("08:05", "08:10"), ticket("08:06", null, "unresolved"), ticket("08:30", "08:20")], at("18:00"));
    expect(lost).toBe(2);
    expect(["07:59", "08:00", "08:07", "08:15", "08:20"].map((time) => countAt(steps, at(time)))).toEqual([null, 1, 2, 1, 0]);
  });

  test("who waits now still waits, for four hours at most", () => {
    expect(countAt(queueOf([ticket("08:00", null, "in_progress")], at("09:00")).steps, at("09:00"))).toBe(1);
    expect(queueOf([ticket("08:00", null, "in_progress")], at("13:00")).lost).toBe(1);
  });

  test("is never below nobody and ends with nobody, in whatever order tickets come", () => {
    const minute = fc.integer({ min: 0, max: 500 });
    fc.assert(fc.property(fc.array(fc.tuple(minute, minute), { minLength: 1, maxLength: 40 }), (pairs) => {
      const tickets = pairs.map(([a, b]): Ticket => ({ issued_at: new Date(BEGIN + Math.min(a, b) * 60_000).toISOString(), started_at: new Date(BEGIN + Math.max(a, b) * 60_000).toISOString(), ended_at: null, outcome: "finished" }));
      const { steps } = queueOf(tickets, BEGIN + 24 * HOUR);
      expect(steps).toEqual(queueOf(tickets.toReversed(), BEGIN + 24 * HOUR).steps);
      expect(Math.min(...steps.map(({ count }) => count))).toBeGreaterThanOrEqual(0);
      expect(steps.at(-1)?.count).toBe(0);
      // The mean over all of it is what people waited, spread over it (Little).
      const waited = tickets.reduce((sum, { issued_at: from, started_at: to }) => sum + Date.parse(to ?? "") - Date.parse(from), 0);
      const [first, last] = [steps[0]?.at ?? 0, steps.at(-1)?.at ?? 0];
      if (last > first) expect((meanOver(steps, first, last) ?? 0) * (last - first)).toBeCloseTo(waited, 0);
    }));
  });

  test("counters are open from when they say so until they say otherwise, and saying it twice changes nothing", () => {
    const change = (counter: string, time: string, is: string) => ({ counter, at: stamped(time), state: is });
    const steps = countersOf([change("1", "08:00", "open"), change("2", "08:10", "open"), change("1", "08:30", "open"), change("1", "09:00", "paused"), change("2", "17:00", "closed")]);
    expect(steps).toEqual([{ at: at("08:00"), count: 1 }, { at: at("08:10"), count: 2 }, { at: at("09:00"), count: 1 }, { at: at("17:00"), count: 0 }]);
    expect(meanOver(steps, at("08:00"), at("08:20"))).toBeCloseTo(1.5);
    expect(meanOver(steps, at("07:00"), at("07:30"))).toBeNull();
  });
});
