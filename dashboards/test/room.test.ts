import { describe, expect, test } from "vitest";
import { sentence } from "../src/room/supervision/feed/sentence.ts";
import { cityFigures } from "../src/room/supervision/figures/model.ts";
import { minuteClass, peopleByClass } from "../src/room/supervision/map/coverage.ts";
import type { Cells } from "../src/room/supervision/map/coverage.ts";
import { siteFeatures } from "../src/room/supervision/map/geometry.ts";
import { allReasons, shortName } from "../src/room/supervision/names.ts";
import { dossierOfHash, hashOfDossier } from "../src/room/dossier/route.ts";
import { hashOfSite, siteOfHash } from "../src/room/supervision/route.ts";
import { cityView, feedView } from "../src/live/views.ts";
import { emptyCity, emptyDay, site } from "./sites.ts";

const figure = (key: string, figures = emptyCity): ReturnType<typeof cityFigures>[number] => {
  const found = cityFigures("vi", figures).find((one) => one.key === key);
  if (!found) throw new Error(`no figure ${key}`);
  return found;
};

describe("the city's figures", () => {
  test("without a sample none of them is a number or meets its target", () => {
    for (const one of cityFigures("vi", emptyCity)) {
      expect(one.value, one.key).toBe("—");
      expect(one.detail, one.key).toBe("không có dữ liệu");
      expect(one.verdict, one.key).toBeNull();
    }
  });

  test("a wait is judged against its target", () => {
    const day = (mean: number): typeof emptyCity => ({ ...emptyCity, day: { ...emptyDay, started: 9, mean_wait_s: mean } });
    expect(figure("wait_day", day(900)).verdict).toBe("met");
    expect(figure("wait_day", day(900.1)).verdict).toBe("missed");
    expect(figure("wait_day", day(411.2)).value).toBe("6,9");
  });

  test("satisfaction is judged only when its interval lies on one side of the target", () => {
    const rated = (low: number, high: number): typeof emptyCity => ({
      ...emptyCity, ratings: { ratings: 100, mean_score: 4.5, satisfied: 95, satisfied_share: (low + high) / 2, low, high },
    });
    expect(figure("satisfaction", rated(0.951, 0.98)).verdict).toBe("met");
    expect(figure("satisfaction", rated(0.9, 0.949)).verdict).toBe("missed");
    expect(figure("satisfaction", rated(0.94, 0.97)).verdict).toBe("undecided");
  });
});

describe("words for sites and events", () => {
  test("a short name keeps what tells it apart", () => {
    expect(shortName(site("1", { name: "Điểm phục vụ hành chính công Phường Ba Đình" }))).toBe("Phường Ba Đình");
    expect(shortName(site("waw/1", { name: null }))).toBe("waw/1");
  });

  test("reasons carry their figures, and an unknown reason is shown as it came", () => {
    const over = site("1", { reasons: ["wait_over", "later" as never], hour: { ...emptyDay, mean_wait_s: 1002 } });
    expect(allReasons("vi", over, null)).toBe("TB giờ qua 16,7 phút · later");
  });

  test("an event is a sentence in both languages, and an unknown type is named", () => {
    const entry = { at: "", received_at: "", type: "ticket.called", site: "1", name: null, detail: { ticket: "A017", counter: "3" } };
    expect(sentence("vi", entry)).toBe("Số A017 được gọi tới quầy 3");
    expect(sentence("en", entry)).toBe("Ticket A017 called to counter 3");
    expect(sentence("en", { ...entry, type: "lamp.lit" })).toBe("Event lamp.lit");
    expect(sentence("vi", { ...entry, type: "constructor", detail: {} })).toBe("Sự kiện constructor");
  });
});

describe("views", () => {
  test("the feed is newest first, by position and not by text", () => {
    const entry = { at: "", received_at: "", type: "x", site: null, name: null, detail: {} };
    const data = new Map<string, unknown>([["e/9", entry], ["e/10", entry], ["e/2", entry]]);
    expect(feedView(data).map(({ position }) => position)).toEqual([10, 9, 2]);
  });

  test("a city's sites may have slashes in their ids", () => {
    const one = site("waw/wola");
    expect(cityView(new Map([["site/waw/wola", one]])).sites).toEqual([one]);
    expect(siteOfHash(hashOfSite("waw/wola"))).toBe("waw/wola");
    expect(siteOfHash("#/site/%E0%A4%A")).toBeNull();
    expect(siteOfHash("#/")).toBeNull();
  });
});

describe("the map", () => {
  test("points at one place stand side by side; those without a place are left out", () => {
    const { features } = siteFeatures([site("a"), site("b", { kind: "branch" }), site("c", { lon: null })], "b");
    expect(features.map(({ properties }) => [properties.id, properties.slot, properties.icon, properties.open])).toEqual([
      ["a", 0, "point-ok", false],
      ["b", 1, "branch-ok", true],
    ]);
  });

  test("people are counted in the class their minutes fall in", () => {
    expect([0, 9.99, 10, 29.99, 30, 44, 45, 200].map(minuteClass)).toEqual([0, 0, 1, 2, 3, 3, 4, 4]);
    const cell = (population: number, minutes: number, covered: boolean, approximate: boolean): Cells["features"][number] => ({
      type: "Feature", geometry: { type: "Polygon", coordinates: [] },
      properties: { cell: "", population, minutes, km: 1, covered, approximate, unit: "" },
    });
    const people = peopleByClass({ type: "FeatureCollection", features: [cell(5, 3, true, false), cell(7, 50, false, true)] });
    expect(people).toEqual({ covered: 5, notCovered: 7, minutes: [5, 0, 0, 0, 7], approximate: 7 });
  });
});

describe("a dossier's address", () => {
  test("names any code, and none where another page is open", () => {
    for (const code of ["000.00.25.H26-261123-0001", "a/b:c", "100%"]) expect(dossierOfHash(hashOfDossier(code))).toBe(code);
    expect(dossierOfHash("#/dossier")).toBe("");
    expect(dossierOfHash("#/dossier/")).toBe("");
    for (const hash of ["", "#/", "#/site/00004", "#/dossiers"]) expect(dossierOfHash(hash)).toBeNull();
    expect(dossierOfHash("#/dossier/%")).toBe("");
  });
});
