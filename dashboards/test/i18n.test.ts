import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { en } from "../src/i18n/en.ts";
import { vi } from "../src/i18n/vi.ts";

type Tree = Readonly<Record<string, unknown>>;

function leaves(tree: Tree, path = ""): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, value] of Object.entries(tree)) {
    const here = `${path}/${key}`;
    if (typeof value === "object" && value !== null) for (const [k, v] of leaves(value as Tree, here)) found.set(k, v);
    else found.set(here, value);
  }
  return found;
}

/** What a catalogue's function says when it is given something for everything it may ask for. */
function said(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "function") return "";
  const anything = new Proxy({}, { get: (_t, key) => (key === Symbol.toPrimitive ? () => "x" : "x") });
  return String((value as (...args: unknown[]) => unknown)(anything, anything, "x"));
}

const catalogues = { vi: leaves(vi), en: leaves(en) };

describe("the catalogues", () => {
  test("have the same keys", () => {
    expect([...catalogues.en.keys()].sort()).toEqual([...catalogues.vi.keys()].sort());
  });

  test.each(["vi", "en"] as const)("%s says something everywhere, composed, and never `undefined`", (lang) => {
    for (const [key, value] of catalogues[lang]) {
      const text = said(value);
      expect(text, key).not.toBe("");
      expect(text, key).not.toMatch(/undefined|NaN|\[object/);
      expect(text.normalize("NFC"), key).toBe(text);
    }
  });

  test("English is English, Vietnamese is Vietnamese", () => {
    // Names keep their marks in English too; any other text with them would be a forgotten translation.
    const names = /Vọng Lâu|Hà Nội|Tiếng Việt/g;
    const marked = [...catalogues.en].filter(([, value]) => /\p{M}|đ/iu.test(said(value).replace(names, "").normalize("NFD")));
    expect(marked.map(([key]) => key)).toEqual([]);
  });

  const contract = `${process.env["VONGLAU_SHARED"] ?? "../../shared"}/contracts/events.md`;
  const text = ((): string | null => {
    try {
      return readFileSync(contract, "utf8");
    } catch {
      return null;
    }
  })();
  test.skipIf(text === null)("have a sentence for every type of the event contract", () => {
    const types = new Set<string>();
    for (const line of (text ?? "").split("\n").filter((one) => one.startsWith("| `"))) {
      const cell = line.split("|")[1] ?? "";
      const names = [...cell.matchAll(/`([a-z_.]+)`/g)].map((match) => match[1] ?? "");
      const family = names[0]?.split(".")[0] ?? "";
      for (const name of names) types.add(name.startsWith(".") ? family + name : name);
    }
    expect(types.size).toBeGreaterThan(35);
    for (const type of types) expect(Object.keys(vi.events)).toContain(type);
  });
});
