/** What a citizen sees of the list, and in which order. */
import { expect, test } from "vitest";
import { arrange, kmBetween, readFeed, secondsBetween } from "../src/public/model.ts";
import type { Choice, Point } from "../src/public/model.ts";
import { time, WORDS } from "../src/public/words.ts";

const point = (id: string, name: string, lon: number, state: Point["state"] = "open"): Point => ({
  id, name, lon, lat: 21, state, kind: "point", opens_at: null, closes_at: null, heard_at: null,
  waiting: null, waiting_source: null, wait: null, over_standard: null, neighbour: null,
});
const POINTS = [point("3", "Điểm số 10", 105.9), point("1", "Điểm số 2", 105.8, "no_data"), point("2", "Ba Đình", 105.7, "closed")];
const ALL: Choice = { query: "", onlyOpen: false, here: null };
const ids = (choice: Partial<Choice>): string[] => arrange(POINTS, { ...ALL, ...choice }).map(({ point: one }) => one.id);

test("by name, numbers as numbers, or by nearness; found with or without accents", () => {
  expect(ids({})).toEqual(["2", "1", "3"]);
  expect(ids({ here: { lon: 105.91, lat: 21 } })).toEqual(["3", "1", "2"]);
  expect(ids({ query: "ba dinh" })).toEqual(["2"]);
  expect(ids({ query: "BA ĐÌNH" })).toEqual(["2"]);
  expect(ids({ onlyOpen: true })).toEqual(["3"]);
});

test("kilometres are those of the server's sphere", () => {
  expect(kmBetween({ lon: 105, lat: 21 }, { lon: 105, lat: 22 })).toBeCloseTo((6371.0088 * Math.PI) / 180, 6);
});

test("ages do not go below nothing, and are unknown without a begin", () => {
  expect(secondsBetween("2026-11-23T09:00:00+07:00", "2026-11-23T02:00:30Z")).toBe(30);
  expect(secondsBetween("2026-11-23T09:00:30+07:00", "2026-11-23T09:00:00+07:00")).toBe(0);
  expect(secondsBetween(null, "2026-11-23T09:00:00+07:00")).toBeNull();
});

test("times are Hà Nội's, with the date of another day", () => {
  expect(time("2026-11-23T06:00:00Z", "2026-11-23T09:00:00+07:00")).toBe("13:00");
  expect(time("2026-11-24T08:00:00+07:00", "2026-11-23T20:00:00+07:00")).toBe("08:00 24/11");
});

test("a wait is told as a range, without a false precision at its ends", () => {
  const told = (from_min: number, to_min: number | null): string => WORDS.vi.range({ from_min, to_min }).replace(/\u2060/g, "").replace(/\u00a0/g, " ");
  expect(told(10, 20)).toBe("khoảng 10–20 phút");
  expect(told(0, 5)).toBe("dưới 5 phút");
  expect(told(30, null)).toBe("khoảng 30 phút trở lên");
});

test("what is no list is refused", () => {
  expect(() => readFeed({ points: [] })).toThrow();
  expect(() => readFeed(null)).toThrow();
  expect(readFeed({ as_of: "x", points: [] }).points).toEqual([]);
});
