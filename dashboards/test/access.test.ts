import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unitBound, pages as granted } from "./roles.ts";
import { accessOf, hasPart, hasPoints, hasWhole, isBounded } from "../src/signin/access.ts";
import type { Access, Scope } from "../src/signin/access.ts";
import { landing } from "../src/signin/land.ts";
import { PAGES, hashOfPage, mayGo, maySend, mayShow, openTo, placeOf } from "../src/signin/pages.ts";
import { partWords } from "../src/signin/words.ts";
import { allPageEntries, pageEntries } from "../src/room/search/places.ts";
import { find } from "../src/room/search/find.ts";
import { knownOf } from "../src/room/search/known.ts";
import { isMine } from "../src/room/desk/life.ts";
import { namesOf } from "../src/room/pages/names.ts";
import { placesOf } from "../src/room/pages/places.ts";
import { isPage } from "../src/room/pages/hash.ts";
import { meanOf, partFigures } from "../src/room/supervision/figures/part.ts";
import { site as siteOf } from "./sites.ts";

const of = (role: keyof typeof granted): Access => granted[role].access;

describe("what is open to whom", () => {
  for (const [role, { access, open }] of Object.entries(granted)) {
    test(`${role} opens ${open.join(", ")}`, () => {
      expect(openTo(access)).toEqual(open);
    });

    test(`${role} is offered in the search box what is open, and nothing else`, () => {
      for (const { hash } of allPageEntries("vi", access)) expect(mayGo(access, hash)).toBe(true);
      expect(pageEntries("en", access).map(({ hash }) => placeOf(hash).page).sort()).toEqual([...open].sort());
    });
  }

  test("is everything at the machine itself, and with a server that tells no rights", () => {
    for (const access of [accessOf({ by: "open", rights: {}, scope: { sites: ["00004"] } }), accessOf({ by: "session" })]) {
      expect(openTo(access)).toEqual(PAGES);
      expect(maySend(access, "index766/values")).toBe(true);
    }
  });

  test("is of pages that addresses have, by every name that they have there", () => {
    for (const page of PAGES) {
      expect(placeOf(hashOfPage(page)).page).toBe(page);
      if (page !== "room") expect(isPage(hashOfPage(page))).toBe(true);
    }
    expect(placeOf("#/site/00004").page).toBe("room");
    expect(placeOf("#/dossier/000.00.25.H26-261123-0001").page).toBe("dossier");
    expect(placeOf("#/alerts?show=quality&from=2026-11-01")).toEqual({ page: "alerts", shown: "quality" });
  });

  test("is less for a part of the city, of pages and of what they show", () => {
    const codes = fc.option(fc.array(fc.constantFrom("00004", "u1"), { maxLength: 2 }), { nil: null });
    fc.assert(fc.property(fc.constantFrom(...Object.values(granted)), codes, codes, codes, ({ access }, sites, units, agencies) => {
      const scope: Scope = { sites, units, agencies };
      const tight: Access = { ...access, scope };
      if (isBounded(access)) return;
      for (const page of PAGES) for (const show of ["", "quality", "handover", "incidents", "flows", "late", "losses", "feed"]) {
        expect(mayShow(tight, page, show) && !mayShow(access, page, show)).toBe(false);
      }
      for (const right of ["see_figures", "enter"] as const) {
        expect(hasWhole(tight, right)).toBe(hasWhole(access, right) && !isBounded(tight));
        expect(hasPoints(tight, right) && !hasPart(tight, right)).toBe(false);
      }
    }));
  });

  test("of tabs: no quality and no hand-over for a part, no incidents without their right", () => {
    for (const show of ["quality", "handover"]) {
      expect(mayShow(of("unit_officer"), "alerts", show)).toBe(false);
      expect(mayShow(of("leader"), "alerts", show)).toBe(true);
    }
    expect(mayShow(of("leader"), "registers", "incidents")).toBe(false);
    expect(mayShow(of("auditor"), "registers", "incidents")).toBe(true);
    expect(mayShow(of("planner"), "room", "feed")).toBe(false);
  });

  test("of forms: who only reads is given none", () => {
    for (const path of ["index766/values", "tasks", "scorecard/weights", "alerts/handover", "staff"]) {
      expect(maySend(of("auditor"), path)).toBe(false);
      expect(maySend(of("shift_lead"), path)).toBe(true);
    }
    expect(maySend(of("unit_officer"), "staff")).toBe(true);
    expect(maySend(of("unit_officer"), "tasks")).toBe(false);
  });

  test("of cases: one of several points is the room's", () => {
    const [point, several] = [{ site: "00004", agency: null }, { site: null, agency: null }];
    expect([isMine(of("unit_officer"), point), isMine(of("unit_officer"), several)]).toEqual([true, false]);
    expect([isMine(of("supervisor"), several), isMine(of("leader"), point)]).toEqual([true, false]);
  });
});

describe("where an account lands", () => {
  test("is its one point, the desk without points, and the room for all others", () => {
    expect(landing(of("unit_officer"))).toBe("#/site/00004");
    expect(landing(of("agency_liaison"))).toBe("#/alerts");
    expect(landing({ ...of("unit_officer"), scope: { sites: ["1", "2"] } })).toBeNull();
    expect(landing(of("leader"))).toBeNull();
    expect(landing(unitBound)).toBeNull();
    expect([landing(of("display"), "key"), landing(unitBound, "key")]).toEqual(["#/wall", null]);
  });
});

describe("whose part it is", () => {
  const names = namesOf(new Map([["1", "Điểm phục vụ hành chính công Phường Ba Đình"], ["2", "Điểm phục vụ hành chính công Phường Tây Hồ"]]), new Map([["u1", "Xã A"]]));
  test("is said by name, and the rest counted", () => {
    const said = (scope: Scope): string => partWords("en", { rights: {}, scope }, names);
    expect(said({ sites: ["1"] })).toBe("Phường Ba Đình");
    expect(said({ sites: ["1", "2"], units: ["u1"] })).toBe("the unit Xã A, Phường Ba Đình and 1 more");
    expect(said({})).toBe("");
    expect(partWords("vi", { rights: {}, scope: { agencies: ["dept/justice"] } }, names)).toBe("Sở Tư pháp");
  });
});

describe("the search box of a part", () => {
  const places = placesOf([], [{ code: "00004", name: "Ba Đình" }, { code: "00008", name: "Ngọc Hà" }]);
  const data = { places, sites: [siteOf("00004")], cases: [], feed: [], rules: new Map() };
  test("knows its own points and agencies alone, and offers no dossier to who may open none", () => {
    expect(knownOf("vi", { ...data, mine: of("unit_officer") }).points.map(({ hash }) => hash)).toEqual(["#/site/00004"]);
    expect(knownOf("vi", { ...data, mine: of("leader") }).points).toHaveLength(2);
    expect(knownOf("vi", { ...data, mine: of("agency_liaison") }).points).toHaveLength(0);
    expect(knownOf("vi", { ...data, mine: of("agency_liaison") }).agencies).toHaveLength(1);
    const known = knownOf("vi", { ...data, mine: of("planner") });
    expect(find(known, "000.00.25.H26-261123-0001", false)).toEqual([]);
  });
});

describe("the figures of a part", () => {
  test("are those of its points together; what nobody told is no figure", () => {
    const figures = new Map(partFigures("vi", [siteOf("a"), siteOf("b")]).map((one) => [one.key, one]));
    expect(figures.get("points")?.value).toBe("2");
    expect(partFigures("vi", []).filter(({ key }) => key !== "points").map(({ value }) => value)).toEqual(Array(7).fill("—"));
  });

  test("a mean of points is that of all that they counted", () => {
    fc.assert(fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 7200 }), { maxLength: 20 }), { maxLength: 6 }), (points) => {
      const mean = (all: readonly number[]): number | null => (all.length === 0 ? null : all.reduce((a, b) => a + b, 0) / all.length);
      const whole = mean(points.flat());
      const found = meanOf(points.map((all) => ({ n: all.length, mean: mean(all) })));
      expect(found.n).toBe(points.flat().length);
      if (whole === null) expect(found.mean).toBeNull();
      else expect(found.mean).toBeCloseTo(whole, 6);
    }));
  });
});
