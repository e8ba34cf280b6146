import { describe, expect, test } from "vitest";
import { en } from "../src/i18n/en.ts";
import { plural, several } from "../src/i18n/plural.ts";

describe("a count in English", () => {
  test("has one word for one and another for many, as it is shown", () => {
    expect(["0", "1", "2", "1,001", "1.0", "—"].map((n) => several(n, "point"))).toEqual(["0 points", "1 point", "2 points", "1,001 points", "1.0 points", "— points"]);
    expect(several("1", "person", "people")).toBe("1 person");
    expect([plural("1", "is", "are"), plural("3", "is", "are")]).toEqual(["is", "are"]);
  });
});

/** Words after a 1 that end like many and are not: verbs, and what a share or a ratio is of. */
const NOT_MANY = /^(?:has|is|was|covers?|serves?|leaves?|costs?|falls|waits|travels|this|its|less|gives|loses|differs)$/;

/** Texts that begin with a share, a ratio, a date or a name, none of which is a count. */
const NO_COUNT = new Set(["en.shareOfStarted", "en.agencyPage.tried", "en.dueMoved", "en.index766.noPart", "en.agencyPage.noBacklog", "en.planner.quantile", "en.scorecard.knownIs", "en.registers.reported", "en.planner.worstTenthWords"]);

/** What follows a 1 as though it were many: "1 points", "1 high alerts", "1 people are". */
function many(text: string): string | null {
  for (const [, words = ""] of text.matchAll(/(?<![\d/–.,:])\b1 ((?:[a-z]+ ?){1,3})/g)) {
    const all = words.trim().split(" ");
    // Up to the first word that ends a noun's group.
    const end = all.findIndex((word) => /^(?:of|in|by|to|from|with|at|more|on|without|still|that|and|has|is|was|took|waiting|heard|left|late)$/.test(word));
    const noun = all.slice(0, end === -1 ? all.length : end).find((word) => word === "people" || word === "are" || word === "have" || (word.endsWith("s") && !word.endsWith("ss") && !NOT_MANY.test(word)));
    if (noun !== undefined) return `1 ${all.join(" ")}`;
  }
  return null;
}

/** Every function of the catalogue, given 1 for all that it asks for. */
function counted(path: string, value: unknown): [string, string][] {
  if (typeof value === "function") {
    const one = new Proxy({}, { get: (_t, key) => (key === Symbol.toPrimitive ? () => "1" : "1") });
    const speak = value as (...args: unknown[]) => unknown;
    const isOfStrings = !/\b[a-z]\.[a-z]/i.test(String(value).replace(/plural\d?\.|plural\.\w+/g, ""));
    return [[path, String(speak(...Array<unknown>(Math.max(1, value.length)).fill(isOfStrings ? "1" : one)))]];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => counted(`${path}.${key}`, inner));
}

describe("the English catalogue", () => {
  const all = counted("en", en).filter(([path]) => !NO_COUNT.has(path));

  test("the search for counts of one form finds them", () => {
    expect([many("1 points"), many("in 1 high alerts standing"), many("1 people are near"), many("at most 1 days")].every((one) => one !== null)).toBe(true);
    for (const right of ["1 point", "1 of 2 points", "1 high alert", "21 points", "0.1 points", "1 person is near", "no plan with 1 point covers more"]) expect(many(right), right).toBeNull();
  });

  test("no count of one is said as of many", () => {
    expect(all.length).toBeGreaterThan(200);
    expect(all.flatMap(([path, text]) => (many(text) === null ? [] : [`${path}: ${text}`]))).toEqual([]);
  });
});
