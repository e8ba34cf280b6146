import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pageOf, slug, target } from "../handbook/build.mjs";
import { catalogue } from "../src/i18n/index.ts";
import { isPage } from "../src/room/pages/hash.ts";
import { mayGo } from "../src/signin/pages.ts";
import { EVERYTHING } from "../src/signin/access.ts";

const DOCS = join(import.meta.dirname, "../../docs");
const FOLDER = join(DOCS, "handbook");
const MOST_BYTES = 1_500_000;

const BOOKS = ["user", "operator"] as const;
const LANGS = ["vi", "en"] as const;
const all = BOOKS.flatMap((book) => LANGS.map((lang) => ({ name: `${book}.${lang}`, book, lang, text: readFileSync(join(FOLDER, `${book}.${lang}.md`), "utf8") })));

const every = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? "");
const pictures = (text: string): string[] => every(text, /!\[[^\]]+\]\(([^)]+)\)/g);
const links = (text: string): string[] => every(text, /(?<!!)\[[^\]]+\]\(([^)]+)\)/g);
const addresses = (text: string): string[] => every(text, /`(#\/[^`]*)`/g);
const prose = (text: string): string => text.replace(/```[\s\S]*?```/g, "");

/** Every word of the interface that is no function. */
function words(tree: object): Set<string> {
  return new Set(Object.values(tree).flatMap((value: unknown) => (typeof value === "string" ? [value] : typeof value === "object" && value !== null ? [...words(value)] : [])));
}

describe.each(all)("the handbook $name", ({ text, lang, book }) => {
  test("has every picture that it shows, with words for who does not see it", () => {
    for (const path of pictures(text)) expect(existsSync(join(FOLDER, path)), path).toBe(true);
    expect(text).not.toMatch(/!\[\]/);
  });

  test("leads to pages and headings that exist, here and in the build", () => {
    for (const link of links(text)) {
      const [path = "", anchor] = link.split("#");
      const page = readFileSync(join(FOLDER, path), "utf8");
      if (anchor !== undefined) expect(every(page, /^#+ (.*)$/gm).map(slug), link).toContain(anchor);
      expect(target(link), link).not.toBeNull();
    }
  });

  test("names pages of the app that exist", () => {
    for (const hash of addresses(text)) expect((hash === "#/" || isPage(hash)) && mayGo(EVERYTHING, hash), hash).toBe(true);
  });

  test("calls what is on the screen as the screen does", () => {
    const known = words(catalogue(lang));
    for (const bold of every(prose(text), /\*\*([^*]+)\*\*/g)) {
      const said = bold.replace(/\s+/g, " ");
      if (said !== "đậm" && said !== "bold") expect(known, `${book}.${lang}: ${said}`).toContain(said);
    }
  });

  test("becomes one page, with its contents and without a style or a script of its own", () => {
    const page = pageOf(text, { lang, others: [] });
    expect(page).toContain(`<html lang="${lang}">`);
    expect(page).not.toMatch(/<script|<style|style="|javascript:/);
    for (const head of every(text, /^## (.*)$/gm)) expect(page).toContain(`<li><a href="#${slug(head)}">`);
    for (const [, anchor = ""] of page.matchAll(/href="#([^/"][^"]*)"/g)) expect(page).toContain(`id="${anchor}"`);
  });
});

describe("the handbooks", () => {
  test.each(BOOKS)("%s is the same in both languages: parts, pictures, addresses, commands, rows", (book) => {
    const [vi = "", en = ""] = LANGS.map((lang) => all.find((one) => one.book === book && one.lang === lang)?.text);
    const commands = (text: string): number => every(text, /^(vonglau|curl|systemctl|make)/gm).length;
    const shape = (text: string): unknown => [every(text, /^(##) /gm).length, pictures(text), addresses(text), links(text).sort(), commands(text), every(text, /^(\|)/gm).length];
    expect(shape(en)).toEqual(shape(vi));
  });

  test("pictures are small, and each is used", () => {
    const files = readdirSync(join(FOLDER, "img"));
    const used = new Set(all.flatMap(({ text }) => pictures(text)).map((path) => path.replace("img/", "")));
    expect([...files].sort()).toEqual([...used].sort());
    expect(files.reduce((sum, name) => sum + statSync(join(FOLDER, "img", name)).size, 0)).toBeLessThan(MOST_BYTES);
  });

  test("each room of the user's handbook has ten questions", () => {
    for (const { text } of all.filter(({ book }) => book === "user")) {
      const rooms = text.split(/^## /m).filter((part) => /\| (?:Câu hỏi thường gặp|Common question) \|/.test(part));
      expect(rooms.length).toBeGreaterThan(8);
      for (const room of rooms) expect(room.split("\n").filter((line) => line.startsWith("|")).length - 2, room.slice(0, 30)).toBe(10);
    }
  });

  test("what is no page of the build is named and not linked", () => {
    expect(target("../runbooks.md#disk-full")).toBe("runbooks.html#disk-full");
    expect(target("sizing.md")).toBeNull();
    expect(pageOf("# A\n\n[b](sizing.md) <i>x</i>", { lang: "en", others: [] })).not.toMatch(/<a|<i>/);
  });
});
