import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arrange, foldedText, passes, rank } from "../src/room/supervision/list/order.ts";
import { fold, matches } from "../src/ui/search.ts";
import { site } from "./sites.ts";

describe("finding a point", () => {
  test("needs no marks, no case and no way of composing", () => {
    const text = fold("Phường Ba Đình");
    for (const query of ["ba dinh", "BA ĐÌNH", "Ba Đình".normalize("NFD"), "  ba   dinh ", "dinh", "b", "phuong b"]) {
      expect(matches(text, query), query).toBe(true);
    }
    for (const query of ["ba vi", "inh", "dinh x", "dinh ba"]) expect(matches(text, query), query).toBe(false);
  });

  test("finds by code and by unit, and everything by nothing", () => {
    const text = foldedText(site("CN07", { name: "Chi nhánh số 7" }), "Xã Ô Diên");
    expect(matches(text, "cn07")).toBe(true);
    expect(matches(text, "07")).toBe(true);
    expect(matches(text, "o dien")).toBe(true);
    expect(matches(text, "")).toBe(true);
  });

  test("folding leaves no marks behind", () => {
    expect(fold("ẰẮẶẴ ữựử Đđ Ỵỹ ơờ")).toBe("aaaa uuu dd yy oo");
  });

  test("a state filter shows only its states", () => {
    const filter = { text: "", states: new Set(["over" as const]) };
    expect(passes(site("1", { state: "over" }), filter, "")).toBe(true);
    expect(passes(site("1"), filter, "")).toBe(false);
  });
});

describe("the order of the list", () => {
  test("is by attention, and ties are by code", () => {
    const sites = [site("b", { attention: 3 }), site("a", { attention: 3 }), site("c", { attention: 60 })];
    expect(arrange(sites, rank(new Map(), sites)).map(({ id }) => id)).toEqual(["c", "a", "b"]);
  });

  test("does not move for a trembling figure", () => {
    const before = [site("a", { attention: 50 }), site("b", { attention: 48 })];
    const ranks = rank(new Map(), before);
    const trembled = [site("a", { attention: 48 }), site("b", { attention: 51 })];
    expect(arrange(trembled, rank(ranks, trembled)).map(({ id }) => id)).toEqual(["a", "b"]);
    const changed = [site("a", { attention: 48 }), site("b", { attention: 60 })];
    expect(arrange(changed, rank(ranks, changed)).map(({ id }) => id)).toEqual(["b", "a"]);
  });

  test("never shows a site by a rank far from its attention, however it got there", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1 }), (path) => {
        let ranks: ReadonlyMap<string, number> = new Map();
        for (const attention of path) ranks = rank(ranks, [site("a", { attention })]);
        expect(Math.abs((ranks.get("a") ?? 0) - (path.at(-1) ?? 0))).toBeLessThan(4);
      }),
    );
  });
});
