/** By bus and on foot, groups of people, and areas: what the planner's page says of them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { USUAL_BUS, busOf, isBusMinutes, lowest, queryOfBus, reachOf, timeIn } from "../src/room/planner/bus.ts";
import { groupsOf } from "../src/room/planner/groups.ts";
import { worstFirst } from "../src/room/planner/parts/areas.ts";
import { leftOutOf } from "../src/room/planner/parts/groups.ts";
import { USUAL } from "../src/room/planner/question.ts";
import type { Bus, UnitByBus } from "../src/room/planner/view.ts";

describe("a list of groups", () => {
  test("is read with a mark at its beginning, quotes, separators and line breaks in cells", () => {
    const { good, bad, missing } = groupsOf('\uFEFFgroup,place,weight\r\n"Hộ nghèo, ""cận nghèo""\nkhác",00004,1200.5\r\nGià,8865b1b6d9fffff,"1,200"\n');
    expect([bad, missing]).toEqual([[], []]);
    expect(good).toEqual([
      { line: 2, group: 'Hộ nghèo, "cận nghèo"\nkhác', place: "00004", weight: 1200.5 },
      // The line at which a row begins, as an editor counts.
      { line: 4, group: "Già", place: "8865b1b6d9fffff", weight: 1200 },
    ]);
  });

  test("numbers of a Vietnamese sheet are a Vietnamese sheet's, parted by semicolons or copied with tabs", () => {
    expect(groupsOf("weight;group;place\n1.200;Già;00004\n1,5;Già;00008\n").good.map(({ weight }) => weight)).toEqual([1200, 1.5]);
    expect(groupsOf("group\tplace\tweight\nGià, yếu\t00004\t1.200,5\n").good).toEqual([{ line: 2, group: "Già, yếu", place: "00004", weight: 1200.5 }]);
    // Neither of the two ways to write a number: not guessed.
    expect(groupsOf("group;place;weight\nGià;00004;1.5\n").bad).toEqual([{ line: 2, fault: "number" }]);
  });

  test("rows that do not count are named by their line", () => {
    const { good, bad } = groupsOf("\n\nGroup, Place ,WEIGHT\nGià,00004,nhiều\nGià,00004,-5\nGià,00004,\n,00004,1\nGià,,1\nGià,00004\n\nGià,00004,1e3\nGià,00004,0\n");
    expect(bad).toEqual([[4, "number"], [5, "number"], [6, "number"], [7, "group"], [8, "place"], [9, "fields"], [11, "number"]].map(([line, fault]) => ({ line, fault })));
    expect(good).toEqual([{ line: 12, group: "Già", place: "00004", weight: 0 }]);
  });

  test("a code gets the zeros back that a sheet took; a cell is left as it is", () => {
    expect(groupsOf("group,place,weight\na,4,1\na,10489,1\na,881234567890123,1\n").good.map(({ place }) => place)).toEqual(["00004", "10489", "881234567890123"]);
  });

  test("without its columns nothing is read", () => {
    expect(groupsOf("").missing).toEqual(["group", "place", "weight"]);
    expect(groupsOf("group,weight\na,1\n")).toEqual({ good: [], bad: [], missing: ["place"] });
    expect(groupsOf("Già,00004,5\n").good).toEqual([]);
  });

  test("every row is either read or named", () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.string(), fc.string(), fc.string())), (rows) => {
      const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
      const { good, bad } = groupsOf(`group,place,weight\n${rows.map((row) => row.map(quoted).join(",")).join("\n")}`);
      expect(good.length + bad.length).toBe(rows.filter((row) => row.some((cell) => cell.trim() !== "")).length);
      expect(good.every(({ weight }) => Number.isFinite(weight) && weight >= 0)).toBe(true);
    }));
  });

  test("what the server leaves out is named by the list's line, not by its own row", () => {
    const list = { name: "a.csv", read: groupsOf("group,place,weight\na,00004,x\na,zzz,1\na,00004,1\n") };
    const answer = { question: USUAL, groups: [], left_out: { rows: 3, told: [{ row: 1, place: "zzz", fault: "unknown_place" }] } };
    expect(leftOutOf(list, answer)).toEqual({ told: [{ line: 2, fault: "number", place: "" }, { line: 3, fault: "unknown_place", place: "zzz" }], more: 2 });
    expect(leftOutOf(list, null)).toEqual({ told: [{ line: 2, fault: "number", place: "" }], more: 0 });
  });
});

describe("by bus", () => {
  const unit = (name: string, population: number, p50: number): UnitByBus => ({ unit: name, name, population, riding: 0, under: { p10: p50, p50, p90: p50 } });

  test("a time is read as it is typed", () => {
    expect(["7:30", "07h30", " 7.30 ", "24:00", "0g00"].map(timeIn)).toEqual(["07:30", "07:30", "07:30", "24:00", "00:00"]);
    expect(["", "7", "7:60", "24:01", "25:00", "7:3", "-1:00", "07:30:00"].map(timeIn)).toEqual(Array(8).fill(null));
    expect([0, 1, 180, 181, 1.5, NaN].map(isBusMinutes)).toEqual([false, true, true, false, false, false]);
  });

  test("the address holds what differs from the usual, and what it cannot mean is the usual", () => {
    expect(Object.values(queryOfBus(USUAL_BUS)).every((one) => one === "")).toBe(true);
    const other = { weekday: 7, from: "18:00", until: "24:00", minutes: 45 };
    expect(busOf(queryOfBus(other))).toEqual(other);
    expect(busOf({ busday: "8", busfrom: "18:00", busuntil: "9:00", busmin: "0" })).toEqual(USUAL_BUS);
    // Before its own beginning: the window as a whole is none.
    expect(busOf({ busfrom: "23:00" })).toEqual(USUAL_BUS);
  });

  test("a window is within the timetable, partly beyond it, or beyond it", () => {
    const of = (from: string, until: string, isBeyond: boolean, runs: Bus["timetable"]["runs"] = { from: "09:30", until: "18:58" }): string =>
      reachOf({ question: { ...USUAL_BUS, from, until }, timetable: { credit: null, runs, window_is_beyond: isBeyond }, city: unit("", 1, 1), units: [] });
    expect([of("10:00", "11:00", false), of("18:00", "20:00", true), of("08:00", "10:00", true), of("20:00", "21:00", true), of("07:00", "09:30", true), of("10:00", "11:00", true, null)])
      .toEqual(["within", "partly", "partly", "beyond", "beyond", "beyond"]);
  });

  test("the lowest shares come first, of as many units as are wanted, and none of a unit without people", () => {
    expect(lowest([unit("a", 100, 50), unit("b", 0, 0), unit("c", 100, 10), unit("d", 300, 30)], 2).map(({ unit: name }) => name)).toEqual(["d", "c"]);
  });
});

test("areas stand worst share first, then by who is left out", () => {
  const area = (name: string, population: number, covered: number) => ({ area: name, units: 1, population, covered, share: covered / population, far_population: 0 });
  const areas = [area("a", 10, 10), area("b", 10, 5), area("c", 100, 50), area("d", 30, 30)];
  expect(worstFirst(areas).map(({ area: name }) => name)).toEqual(["c", "b", "d", "a"]);
  expect(areas[0]?.area, "as they were").toBe("a");
});
