import { describe, expect, test } from "vitest";
import { topOf } from "../src/room/briefing/chart.ts";
import { cellWords } from "../src/room/briefing/paper.ts";
import { fileAddress, hashOfView, inForce, spansUntil, start, viewOf, weekOf } from "../src/room/briefing/state.ts";

describe("the briefing's page", () => {
  test("knows the weeks of ISO 8601, over the ends of years", () => {
    expect(["2026-11-26", "2026-01-01", "2027-01-03", "2024-12-30", "2021-01-03"].map((day) => weekOf(day))).toEqual(["2026-W48", "2026-W01", "2026-W53", "2025-W01", "2020-W53"]);
  });

  test("opens on the last week that is over, by the server's time", () => {
    const now = { value: { as_of: "2026-11-26T09:00:00+07:00", simulated: true }, asking: false, problem: null };
    const state = { ...start("vi"), now };
    expect(inForce(start("vi"))).toBeNull();
    expect(inForce(state)).toBe("2026-W47");
    expect(inForce({ ...state, view: viewOf({ span: "2026-10" }) })).toBe("2026-10");
    const { weeks, quarters } = spansUntil(now.value.as_of);
    expect([weeks[0], weeks.length, new Set(weeks).size, quarters[0]]).toEqual(["2026-W48", 13, 13, "2026-Q4"]);
  });

  test("keeps in the address what is chosen, and takes nothing else from it", () => {
    const view = viewOf({ span: "2026-W47", reader: "council" });
    expect(viewOf(Object.fromEntries(new URLSearchParams(hashOfView(view).split("?")[1])))).toEqual(view);
    expect(viewOf({ span: "../x", reader: "me" })).toEqual({ span: "", reader: "city" });
    expect(fileAddress({ lang: "en", view }, "2026-W47", "pdf")).toBe("/api/v1/briefings/2026-W47?format=pdf&lang=en&reader=council");
  });

  test("says a mark once", () => {
    const cell = (text: string, mark: "met" | "missed" | "nodata") => ({ text, number: null, mark });
    expect([cellWords("vi", cell("Đạt", "met")), cellWords("vi", cell("96,2%", "met")), cellWords("en", cell("–", "nodata")), cellWords("en", cell("not before 2027", "nodata"))]).toEqual(["✓ đạt", "96,2% ✓ đạt", "no data", "not before 2027"]);
  });

  test("a chart without a figure has a scale all the same", () => {
    expect(topOf({ points: [], target: null })).toBe(1);
    expect(topOf({ points: [{ label: "", value: null, text: "", before: 7 }], target: { label: "", value: 3 } })).toBe(7);
  });
});
