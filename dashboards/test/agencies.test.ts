import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catalogue } from "../src/i18n/index.ts";
import { lines } from "../src/room/agencies/graph.ts";
import { forwards, layOut } from "../src/room/agencies/layout.ts";
import type { Arrow } from "../src/room/agencies/layout.ts";
import { LEAST_SHOWN, activityWords, ageName, because, chance, difference, dutiesOf, duration, mostFrequent, nameOfKey, sumsBySystem, usedPart, verdict } from "../src/room/agencies/model.ts";
import { EMPTY, forecastAddress, hashOfUp, hashOfView, inForce, spanAddresses, viewOf, withBy } from "../src/room/agencies/state.ts";
import type { View } from "../src/room/agencies/state.ts";
import { hashOfRow } from "../src/room/agencies/backlog.ts";
import type { BacklogRow } from "../src/room/agencies/view.ts";
import { queryOf } from "../src/room/pages/hash.ts";
import { placesOf } from "../src/room/pages/places.ts";

const view = (change: Partial<View>): View => ({ ...EMPTY, ...change });
const AS_OF = "2026-11-26T23:37:35.998+07:00";

describe("what the address says of the page", () => {
  test("comes back as it was, and what it cannot say is left out", () => {
    for (const one of [EMPTY, view({ by: "holder", key: "dept/justice", from: "2026-10-01", to: "2026-10-31", share: 75 }), view({ by: "site", find: "ba đình", sort: "name" })]) {
      expect(viewOf(queryOf(hashOfView(one), "agencies") ?? {})).toEqual(one);
    }
    expect(viewOf({ by: "planet", share: "0", from: "x" })).toEqual(EMPTY);
    expect(viewOf({ by: "field", key: "land" }).key).toBe("");
    expect(withBy(view({ key: "a", find: "b" }), "site")).toMatchObject({ by: "site", key: "", find: "" });
    expect(hashOfUp(view({ key: "dept/justice", share: 80 }))).toBe("#/agencies?share=80");
    expect(hashOfUp(EMPTY)).toBe("#/");
  });

  test("a row opens its agency, or leads to its dossiers", () => {
    expect(hashOfRow(view({ by: "holder" }), "dept/justice")).toBe("#/agencies?by=holder&key=dept/justice");
    expect(hashOfRow(view({ by: "site" }), "CN13")).toBe("#/dossiers?site=CN13");
    expect(hashOfRow(view({ by: "level" }), "city")).toBeNull();
  });

  test("days are the month so far until others are chosen, and nothing is asked before they are known", () => {
    expect(inForce(EMPTY, null)).toBeNull();
    expect(inForce(EMPTY, AS_OF)).toEqual({ from: "2026-11-01", to: "2026-11-26" });
    expect(inForce(view({ to: "2026-10-15" }), AS_OF)).toEqual({ from: "2026-10-01", to: "2026-10-15" });
    expect(spanAddresses(EMPTY, null).flows).toBeNull();
    expect(spanAddresses(view({ from: "2026-11-20", to: "2026-11-01" }), AS_OF).process).toBeNull();
    expect(spanAddresses(view({ key: "dept/justice", to: "2026-11-30" }), AS_OF)).toEqual({
      process: "/api/v1/process?from=2026-11-01&to=2026-12-01&agency=dept%2Fjustice&variants=10",
      flows: "/api/v1/flows?from=2026-11-01&to=2026-12-01&limit=5000",
      duties: "/api/v1/duties?from=2026-11-01&to=2026-12-01&by=agency",
    });
    expect(spanAddresses(EMPTY, AS_OF).duties).toBe("/api/v1/duties?from=2026-11-01&to=2026-11-27");
    expect(forecastAddress(EMPTY)).toBe("/api/v1/forecast?limit=12&open_only=true");
  });
});

describe("sentences", () => {
  const groups = [{ width: "city", late: 3, open: 977 }, { width: "agency", late: 2, open: 51 }, { width: "procedure", late: 2, open: 47 }, { width: "step", late: 2, open: 47 }] as const;

  test("say why a dossier may be late, by the nearest group that has cases, and name nobody", () => {
    expect(because("vi", { because: groups, used: 0.9487 })).toEqual({
      main: "Trong 47 hồ sơ tương tự (cùng thủ tục và bước) đã dùng 90% thời hạn mà chưa xong, 2 hồ sơ trễ.",
      wider: ["cùng cơ quan: 2/51 trễ", "toàn thành phố: 3/977 trễ"],
    });
    expect(because("en", { because: [...groups.slice(0, 2), { width: "procedure", late: 0, open: 0 }], used: 2 }).main)
      .toBe("Of 51 similar dossiers (same agency) not done with 95% of their time used, 2 were late.");
    expect(because("vi", { because: [], used: 0 })).toEqual({ main: catalogue("vi").agencyPage.becauseNothing, wider: [] });
  });

  test("the time used is that of the twentieth that was compared", () => {
    expect([0, 0.049, 0.05, 0.9999, 1.7, -1].map(usedPart)).toEqual([0, 0, 0.05, 0.95, 0.95, 0]);
  });

  test("a small chance is not nothing", () => {
    expect([0.0004, 0.0407, 0.5, 0].map((one) => chance("vi", one))).toEqual(["0,040%", "4,1%", "50%", "0,0%"]);
  });

  test("the trial's verdict is as plain when it is bad", () => {
    const of = (brier: number | null, rate: number | null, n = 10): string => verdict("vi", { bins: [], n, brier, brier_of_rate: rate });
    expect(of(0.08, 0.1)).toBe("Tốt hơn chỉ nói tỷ lệ chung 20,0%.");
    expect(of(0.1, 0.1)).toMatch(/^Không tốt hơn/);
    expect(of(0.2, 0.1)).toMatch(/^Kém hơn/);
    expect(of(0.1, 0.1, 0)).toBe(of(null, null));
  });

  test("activities, times and differences", () => {
    expect(activityWords("vi", "transferred: appraisal")).toBe("chuyển xử lý: thẩm định");
    expect(activityWords("en", "taken: dept/justice")).toBe(`taken: ${catalogue("en").agencies["dept/justice"]}`);
    expect(activityWords("vi", "begin")).toBe("bắt đầu");
    expect(activityWords("vi", "levitated: twice")).toBe("levitated: twice");
    expect([0.5, 22.19, 122.6, null].map((one) => duration("vi", one))).toEqual(["30 phút", "22,2 giờ", "5,1 ngày", "—"]);
    expect([1200, -3, 0, null].map((one) => difference("vi", one))).toEqual(["+1.200", "−3", "0", "—"]);
    expect(lines("yêu cầu bổ sung: một bước có tên rất dài và dài nữa")).toHaveLength(2);
    expect(lines("nộp phí")).toEqual(["nộp phí"]);
  });
});

describe("figures", () => {
  const row = (key: string, system: string | null, open: number): BacklogRow =>
    ({ key, name: null, level: null, system, open, overdue: 1, due_soon: 0, paused: 0, no_due_date: 0, awaiting_acceptance: 2, age_days: [open], oldest: null });

  test("a ministry's systems are counted apart from the city's", () => {
    const sums = sumsBySystem([row("dept/justice", "city", 5), row("tax/city", "ministry", 7), row("commune/1", "city", 1)]);
    expect(sums.map(({ system, sums: { open, overdue } }) => [system, open, overdue])).toEqual([["city", 6, 2], ["ministry", 7, 1]]);
    expect(sumsBySystem([row("land", null, 3)])).toMatchObject([{ system: null, sums: { open: 3 } }]);
  });

  test("ages have names that leave no gap", () => {
    const t = catalogue("vi").agencyPage;
    expect([0, 1, 5].map((at) => ageName(t, [1, 3, 5, 10, 20], at))).toEqual(["dưới 1", "1–3", "từ 20"]);
  });

  test("rows have the names of what they are of", () => {
    const { names } = placesOf([{ code: "00004", name: "Phường Ba Đình" }], [{ code: "00004", name: "Điểm phục vụ hành chính công Phường Ba Đình" }]);
    expect(nameOfKey("vi", names, "agency", "commune/00004")).toBe("Phường Ba Đình");
    expect(nameOfKey("vi", names, "agency", "dept/x", "Sở X")).toBe("Sở X");
    expect(nameOfKey("vi", names, "site", "00004")).toBe("Phường Ba Đình");
    expect(nameOfKey("en", names, "level", "commune")).toBe("Commune level");
    expect(nameOfKey("vi", names, "agency", "appraisal")).toBe("thẩm định");
  });

  test("duties: kept of those settled, and nothing where none was", () => {
    const duties = dutiesOf({ agency: "a", digitise_kept: 9, digitise_broken: 3, hand_over_unset: 4 });
    expect(duties).toHaveLength(9);
    expect(duties.find(({ name }) => name === "digitise")).toMatchObject({ kept: 9, broken: 3, share: 0.75 });
    expect(duties.find(({ name }) => name === "hand_over")).toMatchObject({ unset: 4, share: null });
  });
});

describe("the graph of a process", () => {
  const arrow = (from: string, to: string, count: number): Arrow => ({ from, to, count });
  const edges = [arrow("begin", "a", 9), arrow("a", "b", 8), arrow("b", "c", 7), arrow("c", "end", 7), arrow("a", "c", 1), arrow("b", "a", 2), arrow("b", "b", 1)];

  test("runs from left to right, and an arrow that would close a circle runs back", () => {
    const { places, routed, layers } = layOut(edges);
    expect(layers).toBe(5);
    expect(Object.fromEntries(places.map(({ id, layer }) => [id, layer]))).toEqual({ begin: 0, a: 1, b: 2, c: 3, end: 4 });
    expect(routed.filter(({ isBack }) => isBack).map(({ arrow: { from, to } }) => `${from}${to}`)).toEqual(["ba"]);
    expect(routed.find(({ arrow: { from, to } }) => from === "a" && to === "c")?.way.map(({ layer }) => layer)).toEqual([1, 2, 3]);
  });

  test("a step that nothing shown leads to stands right before what it leads to", () => {
    const { places } = layOut([arrow("begin", "a", 9), arrow("a", "b", 9), arrow("b", "end", 9), arrow("x", "end", 1)]);
    expect(places.find(({ id }) => id === "x")?.layer).toBe(2);
  });

  const graphs = fc.uniqueArray(fc.tuple(fc.nat(7), fc.nat(7), fc.integer({ min: 1, max: 99 })), { minLength: 1, maxLength: 30, selector: ([from, to]) => `${from} ${to}` })
    .map((all) => all.map(([from, to, count]) => arrow(`n${from}`, `n${to}`, count)));

  test("of any arrows: those forwards close no circle, every way is whole, and no two places are on one another", () => {
    fc.assert(fc.property(graphs, (arrows) => {
      const { places, routed } = layOut(arrows);
      const forward = forwards(arrows);
      expect(places).toHaveLength(new Set(arrows.flatMap(({ from, to }) => [from, to])).size);
      for (const { arrow: { from, to }, way, isBack } of routed) {
        expect([way[0]?.id, way.at(-1)?.id]).toEqual([from, to]);
        const step = isBack ? -1 : 1;
        for (const [i, place] of way.entries()) if (i > 0) expect(place.layer).toBe((way[i - 1]?.layer ?? 0) + step);
      }
      for (const { arrow: one, isBack } of routed) expect(isBack).toBe(!forward.has(one) && one.from !== one.to);
      const spots = [...places, ...routed.flatMap(({ way }) => way.slice(1, -1))];
      for (const [i, a] of spots.entries()) for (const b of spots.slice(i + 1)) {
        if (a.layer === b.layer) expect(Math.abs(a.row - b.row)).toBeGreaterThan(0.999);
        expect(a.row).toBeGreaterThanOrEqual(0);
      }
    }));
  });

  test("shows the most frequent arrows, and of a small graph all", () => {
    const all = Array.from({ length: 40 }, (_, i) => ({ ...arrow("a", String(i), (i * 7) % 40), median_hours: null, p90_hours: null }));
    expect(mostFrequent(all, 50).map(({ count }) => count)).toEqual(Array.from({ length: 20 }, (_, i) => 39 - i));
    expect(mostFrequent(all, 5)).toHaveLength(LEAST_SHOWN);
    expect(mostFrequent(all.slice(0, 4), 5)).toHaveLength(4);
    expect(mostFrequent(all, 100)).toHaveLength(40);
  });
});
