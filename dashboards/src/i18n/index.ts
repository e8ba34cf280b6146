/** The language in force, kept between visits, and the catalogue that goes with it. */
import { en } from "./en.ts";
import { LANGUAGES } from "./format.ts";
import type { Lang } from "./format.ts";
import { vi } from "./vi.ts";
import type { Catalogue } from "./vi.ts";

export type { Catalogue } from "./vi.ts";
export type { Lang } from "./format.ts";

const STORED_AS = "vonglau.lang";
const CATALOGUES: Record<Lang, Catalogue> = { vi, en };

export const catalogue = (lang: Lang): Catalogue => CATALOGUES[lang];

export function storedLang(): Lang {
  // A browser may forbid storage; the room then simply opens in Vietnamese.
  try {
    const stored = localStorage.getItem(STORED_AS);
    return LANGUAGES.find((lang) => lang === stored) ?? "vi";
  } catch {
    return "vi";
  }
}

const followers = new Set<(lang: Lang) => void>();

/** Calls `told` whenever the language is changed, on whichever page that is done. */
export function followLang(told: (lang: Lang) => void): void {
  followers.add(told);
}

export function storeLang(lang: Lang): void {
  try {
    localStorage.setItem(STORED_AS, lang);
  } catch {
    // Not kept, and nothing else lost.
  }
  for (const told of followers) told(lang);
}

/** A word for a code, or the code itself where the catalogue has none: producers may send what they like. */
export function wordFor(words: Readonly<Record<string, string>>, code: string): string {
  return Object.hasOwn(words, code) ? (words[code] ?? code) : code;
}
