import { describe, expect, test } from "vitest";
import { forecastLines, reasonOfAll } from "../src/room/supervision/panel/forecast.ts";
import { siteView } from "../src/live/views.ts";
import type { Hidden, Outlook } from "../src/live/outlook.ts";

const planned: NonNullable<Outlook["counters"]> = {
  open: 3, target: { wait_s: 900, share: 0.9 },
  steps: [{ from: "2026-11-23T09:00:00+07:00", counters: 4 }, { from: "2026-11-23T09:30:00+07:00", counters: 6 }],
  too_few_from: "2026-11-23T09:30:00+07:00", reaches: true,
};

const told: Outlook = {
  site: "00004", as_of: "2026-11-23T09:00:00+07:00", days: 12,
  wait: { median_s: 750, bound_s: 1500, sample: 148 }, wait_hidden: null,
  queue: [
    { minutes: 30, people: { median: 6.4, bound: 11.2, sample: 40 }, hidden: null },
    { minutes: 60, people: null, hidden: "not_better" },
    { minutes: 120, people: null, hidden: "closed" },
  ],
  counters: planned,
  counters_hidden: null,
};

const nothing = (why: Hidden): Outlook => ({
  ...told, days: 0, wait: null, wait_hidden: why, queue: told.queue.map(({ minutes }) => ({ minutes, people: null, hidden: why })), counters: null, counters_hidden: why,
});

describe("a point's forecast", () => {
  test("has the median, the bound and the sample, in both languages", () => {
    const [wait, queue] = forecastLines("vi", told);
    expect(wait).toMatchObject({ label: "Người đến bây giờ chờ", value: "13 phút, chín phần mười không quá 25 phút", note: "mẫu 148", hidden: null });
    expect(queue).toMatchObject({ label: "Đang chờ sau 30 phút", value: "6 người, chín phần mười không quá 11", note: "mẫu 40" });
    expect(forecastLines("en", told)[0]?.value).toBe("13 min, nine in ten at most 25 min");
  });

  test("says why a figure is hidden and never shows a zero for it", () => {
    const lines = forecastLines("vi", told);
    expect(lines.map(({ key, hidden }) => [key, hidden])).toEqual([
      ["wait", null], ["queue-30", null], ["queue-60", "not_better"], ["queue-120", "closed"], ["counters", null],
    ]);
    expect(lines[2]?.value).toBe("chưa tốt hơn đoán theo lệ thường, nên không hiện");
    expect(forecastLines("en", told)[3]?.value).toBe("closed");
    for (const line of forecastLines("en", nothing("no_data"))) expect(line.value).toBe("no data");
    expect(forecastLines("en", { ...told, wait: null, wait_hidden: "constructor" as Hidden })[0]?.value).toBe("not shown (constructor)");
  });

  test("says how many counters to open and by when", () => {
    const counters = (change: Partial<typeof planned>): { value: string; note: string } | undefined =>
      forecastLines("en", { ...told, counters: { ...planned, ...change } }).at(-1);
    expect(counters({})).toMatchObject({ value: "4 now, 6 from 09:30", note: "3 open · more are needed by 09:30 · so that 90% wait at most 15 min" });
    expect(counters({ too_few_from: null })?.note).toContain("those usually open are enough");
    expect(counters({ too_few_from: told.as_of })?.note).toContain("more are needed now");
    expect(counters({ reaches: false })?.note).toContain("even all counters are too few");
  });

  test("gives one reason where nothing is told", () => {
    expect(reasonOfAll(forecastLines("vi", nothing("too_few_days")))).toBe("too_few_days");
    expect(reasonOfAll(forecastLines("vi", told))).toBeNull();
    expect(reasonOfAll(forecastLines("vi", { ...nothing("closed"), wait_hidden: "no_data" }))).toBeNull();
  });

  test("comes with the site's topic, where the server has one", () => {
    expect(siteView(new Map([["outlook", told]])).outlook).toEqual(told);
    expect(siteView(new Map()).outlook).toBeNull();
  });
});
