import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { candidatesOf } from "../src/room/planner/candidates.ts";
import { NO_CHANGE, NOT_SERVED, UNKNOWN, classOf, leftOf, sumsOf, unitRows } from "../src/room/planner/cells.ts";
import type { CellRow } from "../src/room/planner/cells.ts";
import { added, called, changesOf, isSame, moved, nextId, pointsAfter, removed, restored, textOfChanges } from "../src/room/planner/changes.ts";
import type { Changes } from "../src/room/planner/changes.ts";
import { begin, redone, stepped as step, undone } from "../src/room/planner/history.ts";
import { metresBetween, stepped, withHeld } from "../src/room/planner/hold.ts";
import { stepOf } from "../src/room/planner/keys.ts";
import { Latest } from "../src/room/planner/latest.ts";
import { outlineOf } from "../src/room/planner/outline.ts";
import { placeIn } from "../src/room/planner/parts/pointform.ts";
import { boundWords, takenOver } from "../src/room/planner/parts/siting.ts";
import { bodyOf } from "../src/room/planner/parts/sitingform.ts";
import { timetableRows } from "../src/room/planner/parts/timetable.ts";
import { evenness, spanOf } from "../src/room/planner/parts/equity.ts";
import { toggled } from "../src/room/planner/parts/saved.ts";
import { USUAL, questionOf } from "../src/room/planner/question.ts";
import { longHash } from "../src/room/planner/route.ts";
import { EMPTY, hashOfUp, hashOfView, viewOf } from "../src/room/planner/state.ts";
import type { View } from "../src/room/planner/state.ts";
import { KINDS } from "../src/room/planner/view.ts";
import { SLOTS, instantOf, slotAfter, timeOf, turned, weekPath } from "../src/room/planner/week.ts";
import { basisWords } from "../src/room/planner/words.ts";
import { isPage, queryOf } from "../src/room/pages/hash.ts";

const AT = { lon: 105.8, lat: 21 };
const cell = (id: string, more: Partial<CellRow> = {}): CellRow => ({ cell: id, unit: "00004", population: 100, minutes: 12, km: 3, covered: true, approximate: false, ...more });

describe("the changes of a scenario", () => {
  test("are one a point: moved twice is moved once, added and removed was never there", () => {
    expect(moved(moved([], "A", AT), "A", { lon: 105.9, lat: 21.1 })).toEqual([{ do: "move", id: "A", lon: 105.9, lat: 21.1 }]);
    const one = added([], nextId([]), "Mới", "community", AT);
    expect(moved(one, "new-1", { lon: 105.123456789, lat: 21 })).toEqual([{ do: "add", id: "new-1", name: "Mới", kind: "community", lon: 105.12346, lat: 21 }]);
    expect(called(one, "new-1", "Khác", "mobile")).toMatchObject([{ name: "Khác", kind: "mobile" }]);
    expect(removed(one, "new-1")).toEqual([]);
    expect(removed(moved([], "A", AT), "A")).toEqual([{ do: "remove", id: "A" }]);
    expect(restored(removed([], "A"), "A")).toEqual([]);
    expect(nextId(one)).toBe("new-2");
  });

  test("come back from an address as they were, whatever a point is called", () => {
    const id = fc.stringMatching(/^[A-Za-z0-9._:/-]{1,12}$/);
    const place = { lon: fc.integer({ min: 10_500_000, max: 10_610_000 }).map((n) => n / 1e5), lat: fc.integer({ min: 2_050_000, max: 2_140_000 }).map((n) => n / 1e5) };
    const change = fc.oneof(
      fc.record({ do: fc.constant("move" as const), id, ...place }), fc.record({ do: fc.constant("remove" as const), id }),
      fc.record({ do: fc.constant("add" as const), id, name: fc.string({ unit: "grapheme" }), kind: fc.constantFrom(...KINDS), ...place }));
    fc.assert(fc.property(fc.array(change), (changes) => {
      const hash = hashOfView({ ...EMPTY, changes });
      expect(viewOf(queryOf(hash, "planner") ?? {}).changes).toEqual(changes);
    }));
  });

  test("that cannot be read are left out", () => {
    expect(changesOf("m,A,105.8,21!x,B!m,C,where,21!r,!a,D,1,2!r,E")).toEqual([{ do: "move", id: "A", lon: 105.8, lat: 21 }, { do: "remove", id: "E" }]);
  });

  test("say which points there are, and where a moved one stood", () => {
    const sites = [{ id: "A", name: "Điểm A", kind: "point", unit: "1", lon: 105.7, lat: 21 }, { id: "B", name: null, kind: "branch", unit: null, lon: 105.8, lat: 21 }, { id: "C", name: "C", kind: "kiosk", unit: null, lon: 1, lat: 1 }, { id: "D", name: "D", kind: "point", unit: null, lon: null, lat: null }];
    const changes = added(removed(moved([], "A", AT), "B"), "new-1", "Mới", "community", AT);
    expect(pointsAfter(sites, KINDS, changes).map(({ id, name, change, from }) => [id, name, change, from])).toEqual([["A", "Điểm A", "moved", { lon: 105.7, lat: 21 }], ["B", "B", "removed", null], ["new-1", "Mới", "added", null]]);
    expect(pointsAfter(sites, ["branch"], []).map(({ id }) => id)).toEqual(["B"]);
  });

  test("are taken back and done again, step by step; what changes nothing is no step", () => {
    const steps = fc.array(fc.constantFrom("A", "B", "C"), { maxLength: 12 });
    fc.assert(fc.property(steps, (ids) => {
      let now = begin([]);
      for (const [i, id] of ids.entries()) now = step(now, moved(now.now, id, { lon: 105 + i / 100, lat: 21 }));
      let back = now;
      ids.forEach(() => { back = undone(back); });
      expect([back.now, back.past]).toEqual([[], []]);
      ids.forEach(() => { back = redone(back); });
      expect(back).toEqual(now);
    }));
    const one = step(begin([]), removed([], "A"));
    expect(step(one, removed([], "A"))).toBe(one);
    expect(undone(begin([]))).toEqual(begin([]));
    expect(isSame(one.now, [{ do: "remove", id: "A" }])).toBe(true);
  });
});

describe("a point that is held", () => {
  test("goes 100 m a press, 1 km with Shift, and back to where it was", () => {
    for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]) {
      expect(metresBetween(AT, stepped(AT, key, false))).toBeCloseTo(100, 0);
      expect(metresBetween(AT, stepped(AT, key, true))).toBeCloseTo(1000, 0);
    }
    expect(stepped(stepped(AT, "ArrowUp", false), "ArrowDown", false).lat).toBeCloseTo(21, 9);
    expect(stepped(AT, "a", false)).toEqual(AT);
  });

  test("is as if it were dropped", () => {
    expect(withHeld([], null)).toEqual([]);
    expect(withHeld([], { id: "A", isNew: null, at: AT })).toEqual(moved([], "A", AT));
    expect(withHeld([], { id: "new-1", isNew: { name: "N", kind: "mobile" }, at: AT })).toEqual(added([], "new-1", "N", "mobile", AT));
  });

  test("has places typed in either order, as maps give them", () => {
    expect([placeIn("21.02851, 105.85236"), placeIn("105.85236 21.02851"), placeIn("21,02851"), placeIn("")]).toEqual([{ lon: 105.85236, lat: 21.02851 }, { lon: 105.85236, lat: 21.02851 }, null, null]);
  });
});

describe("asking while a point is dragged", () => {
  test("has one question under way and the newest next", async () => {
    const asked: number[] = [];
    const told: (readonly [number, boolean])[] = [];
    let release: () => void = () => undefined;
    const latest = new Latest<number, number>((n) => {
      asked.push(n);
      return new Promise((done) => { release = () => { done(n); }; });
    }, (_q, n, isLast) => { told.push([n, isLast]); });
    for (const n of [1, 2, 3]) latest.want(n);
    expect(asked).toEqual([1]);
    release();
    await Promise.resolve();
    await Promise.resolve();
    expect([asked, told]).toEqual([[1, 3], [[1, false]]]);
    release();
    await new Promise((done) => setTimeout(done));
    expect(told).toEqual([[1, false], [3, true]]);
    latest.want(4);
    expect(asked).toEqual([1, 3, 4]);
  });
});

describe("the cells", () => {
  const after = new Map([["b", { minutes: 8, km: 2, covered: true }]]);
  const all = [cell("a"), cell("b", { minutes: 50, covered: false, population: 40, approximate: true }), cell("c", { minutes: null, km: null, covered: false, unit: "00008", population: 7 })];

  test("have a class in every layer, by what is changed where it is", () => {
    const classes = (layer: "reach" | "minutes" | "people" | "served", now = NO_CHANGE): number[] => all.map((one) => classOf(layer, one, now, NOT_SERVED));
    expect(classes("reach")).toEqual([0, 1, 1]);
    expect(classes("reach", after)).toEqual([0, 0, 1]);
    expect(classes("minutes")).toEqual([1, 4, UNKNOWN]);
    expect(classes("people")).toEqual([2, 1, 0]);
    expect(classes("served")).toEqual([UNKNOWN, UNKNOWN, UNKNOWN]);
  });

  test("are counted whole in every layer, approximate ones apart", () => {
    for (const layer of ["reach", "minutes", "people", "served"] as const) {
      const sums = sumsOf(layer, all, after, NOT_SERVED);
      expect(sums.people.reduce((a, b) => a + b)).toBe(147);
      expect([sums.all, sums.approximate]).toEqual([147, 40]);
    }
  });

  test("tell of units and of gaps what is left", () => {
    expect(unitRows(all, after)).toEqual([{ unit: "00008", population: 7, before: 0, after: 0, approximate: 0 }, { unit: "00004", population: 140, before: 100, after: 140, approximate: 40 }]);
    const byId = new Map(all.map((one) => [one.cell, one]));
    expect([leftOf(["b", "c"], byId, NO_CHANGE), leftOf(["b", "c"], byId, after), leftOf(["z"], byId, after)]).toEqual([47, 7, 0]);
  });

  test("are outlined around the group, not within", () => {
    const square = (x: number): [number, number][] => [[x, 0], [x + 1, 0], [x + 1, 1], [x, 1], [x, 0]];
    expect(outlineOf([square(0)]).length).toBe(4);
    expect(outlineOf([square(0), square(1)]).length).toBe(6);
    expect(outlineOf([square(0), square(5)]).length).toBe(8);
    expect(outlineOf([square(0), square(1.000001)]).length).toBe(6);
  });
});

describe("the week", () => {
  test("is gone through by quarters and by days, round its ends", () => {
    expect([slotAfter(0, "ArrowLeft"), slotAfter(671, "ArrowRight"), slotAfter(40, "PageUp"), slotAfter(40, "PageDown"), slotAfter(100, "Home"), slotAfter(100, "End"), slotAfter(1, "a")]).toEqual([671, 0, 136, 616, 96, 191, null]);
    expect([timeOf(0), timeOf(41), timeOf(671)]).toEqual([{ day: 0, time: "00:00" }, { day: 0, time: "10:15" }, { day: 6, time: "23:45" }]);
    fc.assert(fc.property(fc.nat(SLOTS - 1), fc.integer({ min: -2000, max: 2000 }), (slot, by) => { expect(turned(turned(slot, by), -by)).toBe(slot); }));
  });

  test("has instants, by the city's clock and across months", () => {
    expect([instantOf("2026-11-30", 0), instantOf("2026-11-30", 41), instantOf("2026-11-30", 671)]).toEqual(["2026-11-30T00:00:00+07:00", "2026-11-30T10:15:00+07:00", "2026-12-06T23:45:00+07:00"]);
  });

  test("is drawn as steps", () => {
    expect(weekPath([0, 10, 10, 0], 10, 8, 4)).toBe("M0 4H0.0V4.0H2.0V0.0H6.0V4.0H8V4Z");
    expect(weekPath([], 10, 8, 4)).toBe("");
  });
});

describe("a file of candidates", () => {
  test("is read, and its bad rows are named by their line", () => {
    const { good, bad, missing } = candidatesOf('\uFEFFid,name,lon,lat\r\na,"Nhà văn hoá ""3"", tổ\n5",105.8,21\r\nb,B,21,105.8\nc,C,một,21\na,A,105.8,21\n,N,105.8,21\nd,D,107,21\n\ne,E\n');
    expect(good).toEqual([{ id: "a", name: 'Nhà văn hoá "3", tổ\n5', lon: 105.8, lat: 21 }]);
    expect(bad).toEqual([{ line: 4, fault: "swapped" }, { line: 5, fault: "number" }, { line: 6, fault: "twice" }, { line: 7, fault: "id" }, { line: 8, fault: "outside" }, { line: 10, fault: "fields" }]);
    expect(missing).toEqual([]);
  });

  test("may come from a Vietnamese sheet, in any order of columns, and must have them all", () => {
    expect(candidatesOf("lat;lon;id;name\n21,05;105,8;a;\n").good).toEqual([{ id: "a", name: "a", lon: 105.8, lat: 21.05 }]);
    expect(candidatesOf("id,name\na,A\n").missing).toEqual(["lon", "lat"]);
    expect(candidatesOf("").missing).toEqual(["id", "name", "lon", "lat"]);
  });
});

describe("the siting", () => {
  const chosen = { rank: 1, id: "x", name: "Nhà văn hoá", lon: 105.8, lat: 21, unit: null, adds: 1, alone: 1, cells: [], next_best: null };

  test("posts what each problem asks for", () => {
    expect(bodyOf("most_people", { number: 5, capacity: null })).toEqual({ problem: "most_people", number: 5 });
    expect(bodyOf("share", { target: 99, capacity: 5000 })).toEqual({ problem: "share", target: 0.99 });
    expect(bodyOf("mobile", { vehicles: 2, sessions: 5 })).toEqual({ problem: "mobile", vehicles: 2, sessions_a_week: 5 });
  });

  test("says in words how good it surely is", () => {
    const answer = { problem: "most_people" as const, objective: 12_000, bound: 12_100, gap: 0.008, is_proven: false, unit: "people", chosen: Array.from({ length: 5 }, () => chosen) };
    expect(boundWords("vi", answer)).toBe("Không phương án nào với 5 điểm phục vụ thêm quá 12.100 người; phương án này đạt 12.000 người. Còn có thể hơn nhiều nhất 0,8%.");
    expect(boundWords("vi", { ...answer, is_proven: true })).toContain("Đã chứng minh");
  });

  test("is taken over as points, or as points removed", () => {
    const before: Changes = added([], "new-1", "Đã có", "community", AT);
    expect(takenOver(before, "most_people", [chosen, { ...chosen, rank: 2, name: "" }], (n) => `Mới ${n}`).map((one) => [one.do, one.id])).toEqual([["add", "new-1"], ["add", "new-2"], ["add", "new-3"]]);
    expect(takenOver([], "mobile", [chosen], String)).toMatchObject([{ kind: "mobile" }]);
    expect(takenOver([], "close", [chosen], String)).toEqual([{ do: "remove", id: "x" }]);
  });

  test("has a row for each vehicle and half day", () => {
    const rows = timetableRows([{ vehicle: 2, weekday: 1, half: "morning", id: "a" }, { vehicle: 1, weekday: 7, half: "afternoon", id: "b" }, { vehicle: 1, weekday: 2, half: "morning", id: "c" }]);
    expect(rows.map(({ vehicle, half, ids }) => [vehicle, half, ids.findIndex((one) => one.length > 0)])).toEqual([[1, "morning", 1], [1, "afternoon", 6], [2, "morning", 0]]);
  });
});

describe("what the address says", () => {
  test("is the question, the changes, the layer and what is chosen, and comes back as it was", () => {
    const view: View = { question: { mode: "walk", rule: "all", minutes: 12.5, km: 2, kinds: ["branch", "mobile"] }, changes: moved([], "CN19", AT), layer: "served", tab: "hours", point: "CN19", gap: "8841", slot: 12, bus: { weekday: 6, from: "07:30", until: "18:00", minutes: 45 }, scenario: "s-1", compare: ["s-1", "s-2"] };
    expect(viewOf(queryOf(hashOfView(view), "planner") ?? {})).toEqual(view);
    expect(hashOfView(EMPTY)).toBe("#/planner");
    expect(viewOf({ minutes: "-1", km: "", kinds: "tents", slot: "999", layer: "odd" })).toEqual(EMPTY);
    expect(questionOf({ minutes: "0" })).toEqual({ ...USUAL, minutes: 0 });
  });

  test("is a page, short or long; Escape leads out step by step", () => {
    expect([longHash("#planner"), longHash("#planner?layer=people"), longHash("#planners"), longHash("#/site/1")]).toEqual(["#/planner", "#/planner?layer=people", "#planners", "#/site/1"]);
    expect(isPage("#/planner?layer=people")).toBe(true);
    expect(hashOfUp({ ...EMPTY, tab: "gaps", gap: "8841" })).toBe("#/planner?show=gaps");
    expect([hashOfUp({ ...EMPTY, tab: "gaps" }), hashOfUp(EMPTY)]).toEqual(["#/planner", "#/"]);
  });

  test("compares two scenarios at most", () => {
    expect([toggled({ ...EMPTY, compare: ["a", "b"] }, "c"), toggled({ ...EMPTY, compare: ["a", "b"] }, "a")]).toEqual([["b", "c"], ["b"]]);
  });
});

describe("words and keys", () => {
  test("tell what an answer was computed from, in whatever form it says so", () => {
    const words = basisWords("vi", USUAL, { pack: "hanoi", version: "2026-11-01", points: { name: "danh sách", date: "2026-11-20" } });
    expect(words).toContain("Dữ liệu: hanoi · bản: 01/11/2026 · điểm phục vụ: danh sách, 20/11/2026");
    expect(basisWords("vi", USUAL, undefined)).toMatch(/^Quy tắc: đi xe máy · dưới 30 phút hoặc trong 5 km/);
  });

  test("an unevenness has a word, and bands a span", () => {
    expect([evenness(0.1), evenness(0.3), evenness(0.5)]).toEqual(["even", "middling", "uneven"]);
    expect([spanOf([]), spanOf([{ speed: 1, detour: 1, share: 0.9 }, { speed: 0.8, detour: 1, share: 0.8 }])]).toEqual([null, { low: 0.8, high: 0.9 }]);
  });

  test("Ctrl+Z takes back, with Shift does again", () => {
    const key = { key: "z", ctrlKey: true, metaKey: false, shiftKey: false, altKey: false };
    expect([stepOf(key), stepOf({ ...key, key: "Z", shiftKey: true }), stepOf({ ...key, key: "y" }), stepOf({ ...key, ctrlKey: false })]).toEqual(["undo", "redo", "redo", null]);
    expect(textOfChanges([])).toBe("");
  });
});
