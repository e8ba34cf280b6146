import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

/** The tokens that hold a plain colour. */
function coloursOf(file: string): ReadonlyMap<string, string> {
  const css = readFileSync(file, "utf8").replace(/@media[\s\S]*$/, "");
  return new Map([...css.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name = "", colour = ""]) => [name, colour]));
}

const SETS = { dark: coloursOf("src/tokens.css"), light: coloursOf("src/light.css") };
type Set = keyof typeof SETS;

/** WCAG 2.2, relative luminance. */
function light(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const v = parseInt(colour.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const of = (set: Set, token: string): string => {
  const colour = SETS[set].get(`--${token}`);
  if (colour === undefined) throw new Error(`the ${set} set has no --${token}`);
  return colour;
};

function contrast(set: Set, a: string, b: string): number {
  const [darker = 0, lighter = 0] = [light(of(set, a)), light(of(set, b))].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

const PAGE = ["ground", "surface", "raised"];
/** What is pressed or chosen has the stronger texts alone on it. */
const CHOSEN = ["pressed", "accent-dim"];

/** Texts, and every ground that each may stand on. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  "text": [...PAGE, ...CHOSEN, "map-land", "map-ground", "map-rim"],
  "text-2": [...PAGE, ...CHOSEN, "map-ground"],
  "text-3": [...PAGE, "pressed", "map-ground"],
  "accent": [...PAGE, ...CHOSEN, "map-land"],
  "missed": [...PAGE, ...CHOSEN],
  "met": [...PAGE, ...CHOSEN],
  "state-busy": [...PAGE, ...CHOSEN],
  "state-none": [...PAGE, ...CHOSEN],
  "gap-line": PAGE,
  "on-over": ["state-over"],
  "on-heat": ["heat-1", "heat-2", "heat-3"],
  "on-heat-5": ["heat-4", "heat-5"],
  "simulated": ["simulated-ground"],
  "lost-text": ["lost-ground"],
  "lost-text-2": ["lost-ground"],
  "map-label": ["map-land", "map-ground"],
};

/** Marks, bars, lines of charts, and the edges of what can be acted on. */
const SHAPES: Readonly<Record<string, readonly string[]>> = {
  "edge": PAGE,
  "accent": [...PAGE, ...CHOSEN, "map-land"],
  "text": PAGE,
  "text-2": PAGE,
  "text-3": [...PAGE, "accent-dim"],
  "state-over": [...PAGE, ...CHOSEN, "map-land", "map-rim"],
  "state-busy": [...PAGE, ...CHOSEN, "map-land", "map-rim", "lost-ground"],
  "state-ok": [...PAGE, ...CHOSEN, "map-land", "map-rim"],
  "state-closed": [...PAGE, "map-land", "map-rim"],
  "state-none": [...PAGE, ...CHOSEN, "map-land", "map-rim"],
  "met": PAGE,
  "missed": [...PAGE, "map-rim"],
  "simulated": ["simulated-ground", "surface"],
  "gap-line": ["map-land"],
  "point": ["map-land", "map-rim"],
  "point-changed": ["map-land", "map-rim"],
  "chart-bar": PAGE,
  "reach-no": ["map-land"],
};

/** What lies under others or parts them, and so has no contrast of its own to keep; the classes of cells are told in order. */
const UNDER = [
  "ground", "surface", "raised", "pressed", "line", "line-strong", "accent-dim", "simulated-ground", "lost-ground", "map-ground", "map-land", "map-outline", "map-road",
  "map-rim", "map-hatch", "reach-none", "reach-yes", "reach-1", "reach-2", "reach-3", "reach-4", "reach-5", "heat-1", "heat-2", "heat-3", "heat-4", "heat-5", "people-1", "people-2", "people-3", "people-4", "people-5",
];

const pairs = (all: Readonly<Record<string, readonly string[]>>): [string, string][] =>
  Object.entries(all).flatMap(([front, grounds]) => grounds.map((ground): [string, string] => [front, ground]));

const sheets = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".css")).map((file) => readFileSync(join("src", file), "utf8"));
const used = (property: RegExp): string[] =>
  [...new Set(sheets.flatMap((css) => [...css.matchAll(property)].flatMap(([, value = ""]) => [...value.matchAll(/var\(--([\w-]+)/g)].map(([, name = ""]) => name))))];

describe.each(["dark", "light"] as const)("the %s set", (set) => {
  test.each(pairs(TEXTS))("%s is read on %s", (text, ground) => {
    expect(contrast(set, text, ground)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(pairs(SHAPES))("%s is seen on %s", (shape, ground) => {
    expect(contrast(set, shape, ground)).toBeGreaterThanOrEqual(3);
  });

  test.each(["reach", "people", "heat"])("classes of %s go one way from dark to light, so that they are told apart without colour", (name) => {
    const lights = [1, 2, 3, 4, 5].map((n) => light(of(set, `${name}-${n}`)));
    const sorted = [...lights].sort((a, b) => (set === "dark" ? a - b : b - a));
    expect(lights).toEqual(sorted);
  });

  test("marks on the map stand out from their own rim, whatever lies under it", () => {
    for (const mark of ["state-over", "state-busy", "state-ok", "state-none"]) expect(contrast(set, mark, "map-rim"), mark).toBeGreaterThanOrEqual(3);
  });
});

describe("the two sets", () => {
  test("hold the same colours", () => {
    expect([...SETS.light.keys()].sort()).toEqual([...SETS.dark.keys()].sort());
  });

  test("of every colour it is said here what it must keep", () => {
    const said = new Set([...Object.keys(TEXTS), ...Object.keys(SHAPES), ...UNDER].map((name) => `--${name}`));
    expect([...said].sort()).toEqual([...SETS.dark.keys()].sort());
  });

  test("no stylesheet writes in a colour, or on one, that is not said here", () => {
    expect(used(/[;{]\s*color:\s*([^;]+);/g).filter((name) => !(name in TEXTS))).toEqual([]);
    const known = [...UNDER, ...Object.keys(SHAPES), "age", "piece", "shade"];
    expect(used(/[;{]\s*background(?:-color)?:\s*([^;]+);/g).filter((name) => !known.includes(name))).toEqual([]);
  });

  test("no stylesheet has a colour of its own", () => {
    const own = sheets.filter((css) => !css.includes("--ground:")).flatMap((css) => css.match(/#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\(/gi) ?? []);
    expect(own).toEqual([]);
  });
});
