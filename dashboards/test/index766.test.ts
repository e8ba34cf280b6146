import { describe, expect, test } from "vitest";
import { LOSS_COLUMNS, barOf, entryKey, groupLost, isUnknown, lossRow, lostOf, partName, signed, worth } from "../src/room/index/model.ts";
import { namesOf } from "../src/room/pages/names.ts";
import { EMPTY, MAX_CHOSEN, choosing, hashOfUp, hashOfView, indexAddress, lossesAddress, openRow, start, viewOf, withBy, withIndicator, withPart, withPeriod } from "../src/room/index/state.ts";
import type { View } from "../src/room/index/state.ts";
import type { Index, IndexRow, Loss } from "../src/room/index/view.ts";
import { queryOf } from "../src/room/pages/hash.ts";

const view = (change: Partial<View>): View => ({ ...EMPTY, ...change });
const names = namesOf(new Map([["00004", "Điểm Ba Đình"]]), new Map([["00004", "Phường Ba Đình"]]));
const loss: Loss = {
  case: "000.00.25.H26-261116-0001", loss: "settled_late", vi: "Giải quyết sau ngày hẹn trả", en: "Settled after its due date", cure: null,
  points: 0.0023, procedure: "1.001", site: "00004", agency: "commune/00004", due: "2026-11-18T10:00:00+07:00", ended: null, unreported: false,
};

describe("what the address says of the page", () => {
  test("comes back as it was", () => {
    for (const one of [EMPTY, view({ period: "2026-Q4", by: "agency", key: "dept/justice", indicator: "4.5a", page: 3, chosen: ["a", "b"] }), view({ by: "site", find: "ba đình & co", sort: "name" })]) {
      expect(viewOf(queryOf(hashOfView(one), "index") ?? {})).toEqual(one);
    }
    expect(hashOfView(EMPTY)).toBe("#/index");
  });

  test("what it cannot say is left out", () => {
    expect(viewOf({ by: "planet", key: "x", page: "-1", chosen: ",,a,a" })).toEqual(view({ chosen: ["a"] }));
    expect(viewOf({ page: "1.5" }).page).toBe(1);
  });

  test("another part, period or indicator lets go of what was chosen", () => {
    const open = view({ period: "2026-11", by: "agency", key: "dept/justice", indicator: "2.1", page: 2, chosen: ["a"] });
    expect(withPeriod(open, "2026")).toMatchObject({ period: "2026", key: "dept/justice", indicator: "2.1", page: 1, chosen: [] });
    expect(withIndicator(open, "3.6")).toMatchObject({ indicator: "3.6", page: 1, chosen: [] });
    expect(withPart(open, "dept/health")).toMatchObject({ key: "dept/health", indicator: "", chosen: [] });
    expect(withBy(open, "site")).toEqual(view({ period: "2026-11", by: "site" }));
  });

  test("cases are chosen once, let go of, and never more than may be asked for", () => {
    const two = choosing(choosing(EMPTY, ["a", "b"], true), ["a"], true);
    expect([...two.chosen].sort()).toEqual(["a", "b"]);
    expect(choosing(two, ["a"], false).chosen).toEqual(["b"]);
    const many = Array.from({ length: MAX_CHOSEN + 5 }, (_, i) => `c${i}`);
    expect(choosing(EMPTY, many, true).chosen).toHaveLength(MAX_CHOSEN);
  });

  test("a step out closes the losses, then the part, then the page", () => {
    const open = view({ by: "agency", key: "dept/justice", indicator: "2.1", page: 2 });
    expect(hashOfUp(open)).toBe("#/index?by=agency&key=dept/justice");
    expect(hashOfUp(withIndicator(open, ""))).toBe("#/index?by=agency");
    expect(hashOfUp(withPart(open, ""))).toBe("#/");
  });

  test("questions carry the part and the page", () => {
    expect(indexAddress(view({ period: "2026-11", by: "unit" }))).toBe("/api/v1/index766?period=2026-11&by=unit");
    expect(lossesAddress(view({ by: "agency", key: "dept/justice", indicator: "2.1", page: 3, chosen: ["a", "b"] })))
      .toBe("/api/v1/index766/losses?by=agency&key=dept%2Fjustice&indicator=2.1&limit=50&offset=100&what_if=a%2Cb");
    expect(lossesAddress(EMPTY)).toBeNull();
    expect(lossesAddress(view({ by: "agency", indicator: "2.1" }))).toBeNull();
  });
});

describe("what is known", () => {
  const total = { points: 11.88, max_known: 20, max: 22, at_most: 13.88 };
  const nothing = { points: 0, max_known: 0, max: 18, at_most: 18 };

  test("a bar's parts sum to its maximum, and unknown points are not lost ones", () => {
    const bar = barOf(total);
    expect(bar.held + bar.lost + bar.unknown).toBeCloseTo(22);
    expect(barOf(nothing)).toEqual({ held: 0, lost: 0, unknown: 18 });
    expect(isUnknown(nothing)).toBe(true);
    expect(lostOf(nothing)).toBeNull();
    expect(lostOf(total)).toBeCloseTo(8.12);
  });

  test("a group without data has lost nothing that is known", () => {
    const row = { groups: [{ code: "1", vi: "", en: "", ...nothing }, { code: "4", vi: "", en: "", ...total }] } as unknown as IndexRow;
    expect(groupLost(row, "1")).toBeNull();
    expect(groupLost(row, "4")).toBeCloseTo(8.12);
    expect(groupLost(row, "9")).toBeNull();
  });

  test("a list of parts has no open row, a part its own", () => {
    const value = { rows: [{ key: "dept/justice" }] } as unknown as Index;
    const state = { ...start("vi", names), index: { value, asking: false, problem: null } };
    expect(openRow({ ...state, view: view({ by: "agency" }) })).toBeNull();
    expect(openRow({ ...state, view: view({ by: "agency", key: "dept/justice" }) })?.key).toBe("dept/justice");
    expect(openRow({ ...state, view: view({ by: "agency", key: "dept/none" }) })).toBeNull();
  });
});

describe("words and numbers", () => {
  test("what one case is worth keeps its first digits", () => {
    expect(worth("vi", 0.0022975)).toBe("0,0023");
    expect(worth("en", 0.000287)).toBe("0.000287");
    expect(worth("vi", 0)).toBe("0");
    expect(worth("vi", null)).toBe("—");
    expect(signed("vi", 0.5)).toBe("+0,50");
    expect(signed("en", -0.5)).toBe("−0.50");
  });

  test("a loss is a row of the file, with names beside codes", () => {
    const row = lossRow("en", names, loss, { period: "2026-11", indicator: "2.1", simulated: true });
    expect(row).toHaveLength(LOSS_COLUMNS.length);
    expect(Object.fromEntries(LOSS_COLUMNS.map((name, i) => [name, row[i]]))).toMatchObject({
      reason: "Settled after its due date", cure: null, site_name: "Điểm Ba Đình", agency_name: "Phường Ba Đình", simulated: true,
    });
  });

  test("a part is called by what it is of", () => {
    expect((["city", "agency", "unit", "site"] as const).map((by) => partName("vi", names, by, by === "agency" ? "commune/00004" : "00004"))).toEqual(["Toàn thành phố", "Phường Ba Đình", "Phường Ba Đình", "Điểm Ba Đình"]);
  });

  test("an entry's key is taken apart, whatever its part is called", () => {
    expect(entryKey("2026-11/1.1/agency/dept/justice")).toEqual({ period: "2026-11", indicator: "1.1", by: "agency", part: "dept/justice" });
    expect(entryKey("2026-11/1.1/city/")).toMatchObject({ by: "city", part: "" });
  });
});
