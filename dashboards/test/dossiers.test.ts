import { describe, expect, test } from "vitest";
import { catalogue } from "../src/i18n/index.ts";
import { standing } from "../src/room/dossiers/columns.ts";
import { pagesOf, withPage } from "../src/room/dossiers/loader.ts";
import { EMPTY, PER_PAGE, QUICKS, cleared, filtersOn, hashOfFilters, hashOfUp, hashOfView, isQuick, listAddress, quickened, typedCode, viewOf } from "../src/room/dossiers/state.ts";
import type { View } from "../src/room/dossiers/state.ts";
import type { DossierRow } from "../src/room/dossiers/view.ts";
import { queryOf } from "../src/room/pages/hash.ts";
import { found } from "../src/room/pages/picker.ts";
import { agencyChoices, placesOf } from "../src/room/pages/places.ts";

const view = (change: Partial<View>): View => ({ ...EMPTY, ...change });
const row: DossierRow = {
  dossier: "000.00.25.H26-261116-0001", procedure: "1.001", field: "land", site: "00004", agency: "dept/justice", holder: "dept/justice", channel: "online",
  stage: "open", submitted: null, accepted: null, due: null, due_is_computed: false, ended: null, overdue: null, paused: false, working_hours: null,
};

describe("what the address says of the list", () => {
  test("comes back as it was", () => {
    for (const one of [EMPTY, view({ q: "000.00.25 & co", stage: "resolved,refused", agency: "dept/justice", due_from: "2026-11-01", due_to: "2026-11-30", sort: "filed" }),
      view({ stage: "all", overdue: "true", paused: "false", has_due: "false", channel: "online", site: "CN13" })]) {
      expect(viewOf(queryOf(hashOfView(one), "dossiers") ?? {})).toEqual(one);
    }
    expect(hashOfView(EMPTY)).toBe("#/dossiers");
    expect(hashOfFilters({ holder: "dept/health", overdue: "true" })).toBe("#/dossiers?overdue=true&holder=dept/health");
  });

  test("what it cannot say is left out", () => {
    expect(viewOf({ stage: "done,planet", overdue: "yes", channel: "pigeon", due_from: "2026-02-30", due_to: "soon", sort: "size" })).toEqual(EMPTY);
    expect(viewOf({ stage: "open,awaiting_acceptance" }).stage).toBe("");
    expect(viewOf({ stage: "stopped,resolved,stopped" }).stage).toBe("resolved,stopped");
  });
});

describe("what the server is asked", () => {
  test("nothing that is empty, and days up to the next one's begin", () => {
    expect(listAddress(EMPTY, {})).toBe("/api/v1/dossiers/list?sort=due");
    expect(listAddress(view({ q: " x ", agency: "dept/justice", due_from: "2026-11-26", due_to: "2026-11-30", filed_to: "2026-12-31" }), { limit: 200, offset: 400 }))
      .toBe("/api/v1/dossiers/list?q=X&agency=dept%2Fjustice&due_from=2026-11-26&sort=due&due_to=2026-12-01&filed_to=2027-01-01&limit=200&offset=400");
    expect(listAddress(view({ stage: "all" }), { format: "xlsx" })).toContain("stage=all");
  });

  test("a code is found however it is typed", () => {
    for (const typed of ["000.00.25.h26-261116-0001", "  000.00.25.H26-261116-0001\n", "000.00.25. H26 - 261116 - 0001", "０００.00.25.H26-261116-0001"]) {
      expect(typedCode(typed), typed).toBe("000.00.25.H26-261116-0001");
    }
    // A Vietnamese keyboard makes marks of letters and digits typed after them.
    expect(typedCode("đướng")).toBe("DUONG");
    expect(typedCode("Ĥ26")).toBe("H26");
    expect(typedCode("  ")).toBe("");
  });
});

describe("filters", () => {
  test("quick ones are set, known again and taken away", () => {
    for (const quick of QUICKS) {
      const set = quickened(EMPTY, quick, "2026-11-26");
      expect(QUICKS.filter((one) => isQuick(set, one, "2026-11-26"))).toEqual([quick]);
      expect(quickened(set, quick, "2026-11-26")).toEqual(EMPTY);
      expect(filtersOn(set)).toBe(1);
    }
    expect(isQuick(EMPTY, "today", "")).toBe(false);
  });

  test("are left step by step: filters, search, page", () => {
    const open = view({ q: "H26", site: "00004", filed_from: "2026-11-01", filed_to: "2026-11-02", sort: "code" });
    expect(filtersOn(open)).toBe(2);
    expect(hashOfUp(open)).toBe("#/dossiers?q=H26&sort=code");
    expect(hashOfUp(cleared(open))).toBe("#/dossiers?sort=code");
    expect(hashOfUp(view({ sort: "code" }))).toBe("#/");
  });

  test("names are found without marks, codes too, and only so many at once", () => {
    const places = placesOf([{ code: "00004", name: "Phường Ba Đình" }], [{ code: "00004", name: "Điểm phục vụ hành chính công Phường Ba Đình" }, { code: "CN13", name: "Chi nhánh Từ Liêm" }]);
    expect(found(places.sites, "ba dinh").map(({ code }) => code)).toEqual(["00004"]);
    expect(found(places.sites, "cn13").map(({ code }) => code)).toEqual(["CN13"]);
    expect(found(places.sites, "")).toHaveLength(2);
    expect(found(agencyChoices("vi", places), "so tu phap").map(({ code }) => code)).toEqual(["dept/justice"]);
    expect(found(agencyChoices("en", places), "ba dinh").map(({ code }) => code)).toEqual(["commune/00004"]);
    expect(found(Array.from({ length: 999 }, (_, i) => ({ code: String(i), name: "x" })), "x").length).toBeLessThan(100);
  });
});

describe("a list that is read as it is looked at", () => {
  const rows = (n: number, from = 0): DossierRow[] => Array.from({ length: n }, (_, i) => ({ ...row, dossier: `d${from + i}` }));

  test("has a place for every dossier, filled where it was read", () => {
    const first = withPage([], 0, { total: 500, rows: rows(200) });
    expect(first).toHaveLength(500);
    expect(first.findIndex((one) => one.row === null)).toBe(200);
    const both = withPage(first, 400, { total: 450, rows: rows(50, 400) });
    expect(both).toHaveLength(450);
    expect([both[0], both[200], both[400], both[449]].map((one) => one?.row?.dossier)).toEqual(["d0", undefined, "d400", "d449"]);
    expect(both.every(({ at }, i) => at === i)).toBe(true);
    expect(withPage(both, 0, { total: 0, rows: [] })).toEqual([]);
  });

  test("asks for the pages in view", () => {
    expect(pagesOf({ from: 0, to: 30 })).toEqual([0]);
    expect(pagesOf({ from: PER_PAGE - 5, to: PER_PAGE + 5 })).toEqual([0, 1]);
    expect(pagesOf({ from: PER_PAGE, to: 2 * PER_PAGE })).toEqual([1]);
    expect(pagesOf({ from: 0, to: 0 })).toEqual([0]);
  });
});

describe("what is said of a dossier", () => {
  test("its lateness only where it is known, and that its clock stands", () => {
    const t = catalogue("vi");
    expect(standing(t, row)).toBe("");
    expect(standing(t, { ...row, overdue: true })).toBe("quá hạn");
    expect(standing(t, { ...row, overdue: false, paused: true })).toBe("trong hạn, đồng hồ đang dừng");
  });
});
