import { describe, expect, test } from "vitest";
import { clockTime, count, decimal, fullDate, hourMinute, minutes, percent, secondsBetween, span } from "../src/i18n/format.ts";

describe("formatting", () => {
  test("a figure without a sample is a dash, never 0", () => {
    for (const lang of ["vi", "en"] as const) {
      for (const none of [null, undefined, NaN, Infinity]) {
        expect(count(lang, none)).toBe("—");
        expect(decimal(lang, none)).toBe("—");
        expect(percent(lang, none)).toBe("—");
        expect(minutes(lang, none)).toBe("—");
        expect(span(lang, none)).toBe("—");
      }
      expect(clockTime(lang, null)).toBe("—");
      expect(clockTime(lang, "nonsense")).toBe("—");
      expect(count(lang, 0)).toBe("0");
    }
  });

  test("numbers follow the language", () => {
    expect(count("vi", 8807523)).toBe("8.807.523");
    expect(count("en", 8807523)).toBe("8,807,523");
    expect(minutes("vi", 411.2)).toBe("6,9");
    expect(percent("vi", 0.957)).toBe("95,7%");
    expect([percent("vi", -0), percent("vi", -0.0001), count("en", -0), decimal("en", -0.04), count("en", -3)]).toEqual(["0,0%", "0,0%", "0", "0.0", "-3"]);
    expect(percent("en", 0.957)).toBe("95.7%");
  });

  test("times are Hà Nội's, whatever the offset they came with", () => {
    expect(clockTime("vi", "2026-11-23T02:12:40Z")).toBe("09:12:40");
    expect(hourMinute("en", "2026-11-23T00:05:00+07:00")).toBe("00:05");
    expect(fullDate("vi", "2026-11-22T18:00:00Z")).toContain("23/11/2026");
    expect(fullDate("en", "2026-11-22T18:00:00Z")).toContain("Monday");
  });

  test("spans are said in two parts at most", () => {
    expect(span("vi", 45)).toBe("45 giây");
    expect(span("vi", 1820)).toBe("30 phút");
    expect(span("vi", 3900)).toBe("1 giờ 5 phút");
    expect(span("en", 7200)).toBe("2 h");
    expect(span("en", 200000)).toBe("2 d");
    expect(span("vi", -3)).toBe("0 giây");
  });

  test("an age is never negative", () => {
    expect(secondsBetween("2026-11-23T09:00:00+07:00", "2026-11-23T09:00:30+07:00")).toBe(30);
    expect(secondsBetween("2026-11-23T09:00:30+07:00", "2026-11-23T09:00:00+07:00")).toBe(0);
    expect(secondsBetween(null, "2026-11-23T09:00:00+07:00")).toBeNull();
  });
});
