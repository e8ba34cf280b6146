import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Case, PlacedEntry, SiteSummary } from "../src/live/views.ts";
import { placesOf } from "../src/room/pages/places.ts";
import { MOST, find, offerOf } from "../src/room/search/find.ts";
import type { Entry, Found, Known } from "../src/room/search/find.ts";
import { knownOf } from "../src/room/search/known.ts";
import { allPageEntries, pageEntries } from "../src/room/search/places.ts";
import { bestOf, rankOf } from "../src/room/search/rank.ts";
import { isAsked } from "../src/room/search/search.ts";
import { isPage } from "../src/room/pages/hash.ts";
import { EVERYTHING } from "../src/signin/access.ts";
import { fold } from "../src/ui/search.ts";

/** The same by a second way: words and what stands between them, cut apart. */
function naive(text: string, sought: string): number | null {
  if (sought === "") return null;
  const isWord = (one: string): boolean => /^[a-z0-9]$/.test(one);
  const ranks: number[] = [];
  for (let at = 0; at + sought.length <= text.length; at += 1) {
    if (text.slice(at, at + sought.length) !== sought) continue;
    const pieces = [text.slice(0, at).at(-1) ?? " ", sought.slice(0, 1), sought.slice(-1), text.slice(at + sought.length, at + sought.length + 1) || " "];
    const [before = "", first = "", last = "", after = ""] = pieces;
    const kind = isWord(before) && isWord(first) ? 4 : isWord(last) && isWord(after) ? 2 : 0;
    ranks.push(kind + (at === 0 ? 0 : 1));
  }
  if (ranks.length > 0) return Math.min(...ranks);
  const words = sought.split(" ");
  const begins = (word: string): boolean => new RegExp(`(^|[^a-z0-9])${word.replace(/[.-]/g, "\\$&")}`).test(text) || (/^[^a-z0-9]/.test(word) && text.includes(word));
  return words.length > 1 && words.every((word) => word === "" || begins(word)) ? 6 : null;
}

describe("the rank", () => {
  test("of whole words is before that of a beginning, of an inside, and of words apart", () => {
    const ranks = ["ba dinh", "phuong ba dinh", "ba dinh2", "phuong ba dinhx", "xba dinh", "dinh ba"].map((text) => rankOf(text, "ba dinh"));
    expect(ranks).toEqual([0, 1, 2, 3, 5, 6]);
    expect(rankOf("ba vi", "ba dinh")).toBeNull();
    expect(rankOf("anything", "")).toBeNull();
  });

  test("of a number is that of the whole number before that of a longer one", () => {
    expect(rankOf("a-12", "12")).toBeLessThan(rankOf("a-123", "12") ?? 0);
    expect(rankOf("chi nhanh so 3", "chi nhanh 3")).not.toBeNull();
  });

  const text = fc.array(fc.constantFrom("a", "b", "1", " ", "-", "."), { maxLength: 12 }).map((all) => fold(all.join("")));
  test("is that of a second computation, on any text", () => {
    fc.assert(fc.property(text, text, (whole, sought) => {
      expect(rankOf(whole, sought)).toBe(naive(whole, sought));
    }), { numRuns: 3000 });
  });

  test("of the best text is the entry's", () => {
    fc.assert(fc.property(fc.array(text, { maxLength: 4 }), text, (texts, sought) => {
      const ranks = texts.map((one) => rankOf(one, sought)).filter((rank) => rank !== null);
      expect(bestOf(texts, sought)).toBe(ranks.length === 0 ? null : Math.min(...ranks));
    }));
  });
});

const site = (id: string, name: string | null, unit: string | null = null): SiteSummary =>
  ({ id, name, unit, state: "busy", kind: null, registered: name !== null }) as unknown as SiteSummary;
const alert = (id: string, state = "new"): Case =>
  ({ id, state, rule: "wait_over", group: "flow", priority: "high", subject: { kind: "site", id: "00004", name: "Điểm phục vụ hành chính công Phường Ba Đình" } }) as unknown as Case;
const heard = (dossier: string): PlacedEntry => ({ type: "dossier.taken", detail: { dossier }, site: null, name: null, at: "", received_at: "", position: 1 });

const CODE = "000.00.25.H26-261123-0001";
const places = placesOf(
  [{ code: "00004", name: "Phường Ba Đình" }, { code: "00623", name: "Xã Đông Anh" }],
  [{ code: "00004", name: "Điểm phục vụ hành chính công Phường Ba Đình" }, { code: "CN01", name: "Chi nhánh số 1" }, { code: "CN12", name: "Chi nhánh số 12" }],
);
const data = { places, sites: [site("00004", "Điểm phục vụ hành chính công Phường Ba Đình", "00004"), site("99999", null)], cases: [alert("a-12"), alert("a-123"), alert("a-7", "closed")], feed: [heard(CODE), heard(CODE)], rules: new Map(), mine: EVERYTHING };
const known = knownOf("vi", data);
const hashes = (found: readonly Found[], group: string): string[] => found.find((one) => one.group === group)?.entries.map(({ hash }) => hash) ?? [];

describe("what is found", () => {
  test("a point by its name without marks, by its code, and one that no register has", () => {
    for (const text of ["ba dinh", "BA ĐÌNH", "Ba Đình", "00004"]) expect(hashes(find(known, text), "points"), text).toEqual(["#/site/00004"]);
    expect(hashes(find(known, "dong anh"), "agencies")).toEqual(["#/agencies?key=commune/00623"]);
    expect(hashes(find(known, "99999"), "points")).toEqual(["#/site/99999"]);
    expect(hashes(find(known, "chi nhánh số 1"), "points")).toEqual(["#/site/CN01", "#/site/CN12"]);
  });

  test("an agency in either language, and by its code", () => {
    for (const text of ["so tu phap", "justice", "dept/justice"]) expect(hashes(find(known, text), "agencies"), text).toContain("#/agencies?key=dept/justice");
  });

  test("every page in both languages, whichever is spoken, each at an address of its own", () => {
    for (const lang of ["vi", "en"] as const) {
      const own = knownOf(lang, data);
      const titles = [...allPageEntries("vi"), ...allPageEntries("en")];
      for (const { title, hash } of titles) expect(hashes(find({ ...own, points: [], agencies: [], alerts: [] }, title), "pages"), title).toContain(hash);
      expect(new Set(allPageEntries(lang).map(({ hash }) => hash)).size).toBe(allPageEntries(lang).length);
      for (const { hash } of allPageEntries(lang)) expect(hash === "#/" || isPage(hash), hash).toBe(true);
    }
    expect(pageEntries("vi")).toHaveLength(15);
  });

  test("an open alert by its number, the whole one first, and no closed one", () => {
    expect(hashes(find(known, "a-12"), "alerts")).toEqual(["#/alerts?key=a-12", "#/alerts?key=a-123"]);
    expect(hashes(find(known, "12"), "alerts")[0]).toBe("#/alerts?key=a-12");
    expect(hashes(find(known, "a-7"), "alerts")).toEqual([]);
  });

  test("a dossier that was heard of, once; a whole code that was not is offered, and a part of one is looked for in the list", () => {
    expect(hashes(find(known, "000.00.25.h26 - 261123-0001"), "dossiers")).toEqual([`#/dossier/${CODE}`]);
    expect(offerOf("000.00.25.h26-261123-0002", known.dossiers)).toMatchObject({ offer: "open", hash: "#/dossier/000.00.25.H26-261123-0002" });
    expect(offerOf("261123", known.dossiers)).toMatchObject({ offer: "list", hash: "#/dossiers?q=261123&stage=all" });
    for (const text of ["ba dinh", "12", "a-12", ""]) expect(offerOf(text, known.dossiers), text).toBeNull();
  });

  test("nothing, where nothing is looked for or nothing answers", () => {
    for (const text of ["", "  ", "zzz"]) expect(find(known, text)).toEqual([]);
  });

  test("of any entries: no more than are shown, the best first, and the group with the best first", () => {
    const name = fc.array(fc.constantFrom("ba", "dinh", "bac", "xba", "12"), { minLength: 1, maxLength: 4 }).map((words) => words.join(" "));
    const entries = fc.array(name.map((title): Entry => ({ title, note: "", hash: `#/${title}`, texts: [title] })), { maxLength: 20 });
    fc.assert(fc.property(entries, entries, name, (points, pages, text) => {
      const all: Known = { points, pages, agencies: [], dossiers: [], alerts: [], figures: [] };
      const found = find(all, text).filter(({ group }) => group !== "dossiers");
      const ranks = found.map((one) => one.entries.map(({ texts }) => bestOf(texts, text) ?? Infinity));
      for (const [i, group] of ranks.entries()) {
        expect(group.length).toBeLessThanOrEqual(MOST);
        expect(group).toEqual([...group].sort((a, b) => a - b));
        expect(found[i]?.all).toBe((found[i]?.group === "points" ? points : pages).filter(({ texts }) => bestOf(texts, text) !== null).length);
      }
      const firsts = ranks.map(([first = Infinity]) => first);
      expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
    }));
  });
});

test("the box is asked for by / where nothing is typed, and by Control or Command and K anywhere", () => {
  const key = (name: string, more = {}): Parameters<typeof isAsked>[0] => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, ...more });
  expect(isAsked(key("/"), false)).toBe(true);
  expect(isAsked(key("/"), true)).toBe(false);
  for (const isTyping of [true, false]) for (const held of [{ ctrlKey: true }, { metaKey: true }]) expect(isAsked(key("K", held), isTyping)).toBe(true);
  expect(isAsked(key("k"), false)).toBe(false);
  expect(isAsked(key("/", { ctrlKey: true }), false)).toBe(false);
});
