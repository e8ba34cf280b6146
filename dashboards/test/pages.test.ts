import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catalogue } from "../src/i18n/index.ts";
import { Finder, inView, orderOf, sorted, textOf, turned } from "../src/room/pages/arrange.ts";
import { csv } from "../src/room/pages/csv.ts";
import { NO_DAYS, addDays, asked, dayAfter, dayIn, dayOf, dayOfQuery, dayText, daysInForce, daysOf, isDay, monthBegin } from "../src/room/pages/days.ts";
import { problemWords } from "../src/room/pages/alert.ts";
import { address, problemOf } from "../src/room/pages/fetch.ts";
import { numberIn } from "../src/room/pages/form.ts";
import { hashOf, isPage, queryOf } from "../src/room/pages/hash.ts";
import { periodWords, periodsUntil } from "../src/room/pages/period.ts";

describe("a page's address", () => {
  test("gives back every query it was made of, without what is empty", () => {
    const query = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ minLength: 1, unit: "grapheme" }));
    fc.assert(fc.property(query, (given) => {
      expect(queryOf(hashOf("index", given), "index")).toEqual({ ...given });
    }));
    expect(hashOf("index", { period: "", key: "dept/justice", chosen: "a,b" })).toBe("#/index?key=dept/justice&chosen=a,b");
    expect(hashOf("index", { find: "" })).toBe("#/index");
  });

  test("is of one page; the room and its points are none", () => {
    expect(queryOf("#/index", "index")).toEqual({});
    for (const hash of ["#/", "", "#/indexes", "#/index/x", "#/dossier"]) expect(queryOf(hash, "index"), hash).toBeNull();
    for (const hash of ["#/index", "#/index?a=b", "#/dossier/x", "#/dossier", "#/dossiers", "#/watching?show=integrity"]) expect(isPage(hash), hash).toBe(true);
    for (const hash of ["", "#/", "#/site/00004", "#/site", "#x", "#/sites", "#/indexes", "#/index/x", "#/dossier/a/b", "#/dossier?a"]) expect(isPage(hash), hash).toBe(false);
  });

  test("broken percent signs do not break the page", () => {
    expect(queryOf("#/index?key=%E0%A4%A", "index")).toHaveProperty("key");
  });
});

describe("asking the server", () => {
  test("what is empty is not asked for", () => {
    expect(address("index766", { period: "", by: "city", offset: 0 })).toBe("/api/v1/index766?by=city&offset=0");
    expect(address("sites")).toBe("/api/v1/sites");
  });

  test("a problem document is read where there is one", () => {
    const detail = "the period has not begun";
    expect(problemOf(400, { code: "not_begun", detail })).toEqual({ status: 400, code: "not_begun", detail });
    for (const body of [null, "x", {}, { detail: 3 }]) expect(problemOf(502, body)).toEqual({ status: 502, code: "", detail: "" });
  });

  test("what a person can be refused is said in the person's language", () => {
    const problem = problemOf(400, { code: "not_begun", detail: "the period has not begun" });
    expect(problemWords("vi", problem)).toBe("Kỳ này chưa bắt đầu.");
    expect(problemWords("en", problem)).toBe("This period has not begun.");
    expect(problemWords("vi", problemOf(400, { code: "constructor", detail: "x" }))).toBe("x");
    for (const code of ["not_now", "no_such_alert", "no_such_urge", "not_a_line", "names_a_person", "bad_seat", "bad_minutes", "bad_rules", "too_many_days"]) {
      for (const lang of ["vi", "en"] as const) expect(problemWords(lang, problemOf(409, { code, detail: "x" })), code).not.toBe("x");
    }
    expect([problemWords("vi", problemOf(502, null)), problemWords("vi", problemOf(0, null))]).toEqual(["Máy chủ không trả lời được (502).", "Không nối được máy chủ."]);
    const folder = join(import.meta.dirname, "../../api/src/http");
    const sources = readdirSync(folder).filter((name) => name.endsWith(".rs")).map((name) => readFileSync(join(folder, name), "utf8"));
    const refused = sources.flatMap((source) => [...source.matchAll(/refused\(\s*"(\w+)"/g)].map(([, code]) => code ?? ""));
    expect(refused.length).toBeGreaterThan(15);
    expect(refused.filter((code) => !Object.hasOwn(catalogue("vi").pages.problems, code))).toEqual([]);
  });

  test("whatever a page may be answered has words; what only programs ask has none", () => {
    const folder = join(import.meta.dirname, "../../api/src/http");
    const programs = ["archive.rs", "events.rs", "national.rs", "questions.rs", "remembering.rs", "ws.rs"];
    const sources = readdirSync(folder).filter((name) => name.endsWith(".rs") && !programs.includes(name)).map((name) => readFileSync(join(folder, name), "utf8"));
    const doors = ["gate/mod.rs", "gate/permitting.rs", "serving/mod.rs", "serving/signing_in.rs"].map((name) => readFileSync(join(folder, "../doors", name), "utf8"));
    // Keys and signatures are programs', and a code that is wanted has a field of its own.
    const ofPrograms = ["bad_key", "bad_signature", "bad_ticket", "two_credentials", "code_wanted"];
    const told = doors.flatMap((source) => [...source.matchAll(/(?:StatusCode::\w+,\s*|forbidden\(\s*|unauthorized\(\s*|=> \()"(\w+)"/g)].map(([, code]) => code ?? "")).filter((code) => !ofPrograms.includes(code));
    const codes = told.concat(sources.flatMap((source) => [...source.matchAll(/(?:Problem|Self)::(?:new|refused)\(\s*(?:StatusCode::\w+,\s*)?"(\w+)"/g)].map(([, code]) => code ?? "")));
    expect(codes).toEqual(expect.arrayContaining(["not_permitted", "wrong_password", "no_such_alert", "not_now", "bad_minutes", "bad_rules", "names_a_person", "foreign_origin", "internal", "too_large"]));
    for (const lang of ["vi", "en"] as const) expect(codes.filter((code) => !Object.hasOwn(catalogue(lang).pages.problems, code)), lang).toEqual([]);
  });
});

describe("days", () => {
  test("are days that there are, however they are written", () => {
    expect(isDay("2026-02-28")).toBe(true);
    expect(isDay("2026-02-30")).toBe(false);
    expect([dayIn("26/11/2026"), dayIn(" 1/2/2026 "), dayIn("2026-11-26"), dayIn("31/02/2026"), dayIn("11/26/2026"), dayIn("hôm nay")]).toEqual(["2026-11-26", "2026-02-01", "2026-11-26", null, null, null]);
    expect(dayText("2026-11-26")).toBe("26/11/2026");
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(["2026-11-31", "26/11/2026", undefined, "2024-02-29"].map((text) => dayOfQuery(text))).toEqual(["", "", "", "2024-02-29"]);
  });

  test("are Hà Nội's", () => {
    expect(dayOf("2026-11-26T20:00:00Z")).toBe("2026-11-27");
    expect(monthBegin("2026-11-26")).toBe("2026-11-01");
    expect([dayAfter("2026-02-28"), dayAfter("")]).toEqual(["2026-03-01", ""]);
  });

  test("a span is whole days, asked for to the end of its last", () => {
    expect(daysOf({ from: "2026-11-01", to: "2026-11-30" })).toEqual({ from: "2026-11-01", to: "2026-11-30" });
    expect(daysOf({ from: "2026-11-30", to: "2026-11-01" })).toEqual(NO_DAYS);
    expect(daysOf({ from: "2026-11-30" })).toEqual(NO_DAYS);
    expect(asked({ from: "2026-11-01", to: "2026-11-30" })).toEqual({ from: "2026-11-01", to: "2026-12-01" });
    expect(daysInForce({ from: "", to: "" }, "2026-11-26T23:37:35+07:00", 29)).toEqual({ from: "2026-10-28", to: "2026-11-26" });
    expect(daysInForce({ from: "", to: "" }, null, 29)).toBeNull();
  });
});

describe("periods and numbers", () => {
  test("periods are named, and those that have begun are listed in Hà Nội's time", () => {
    const t = catalogue("vi").pages;
    expect(["2026-11", "2026-Q4", "2026", "soon"].map((one) => periodWords(t, one))).toEqual(["Tháng 11/2026", "Quý 4/2026", "Năm 2026", "soon"]);
    const { months, quarters, years } = periodsUntil("2025-12-31T18:00:00Z");
    expect(months.slice(0, 2)).toEqual(["2026-01", "2025-12"]);
    expect(months.at(-1)).toBe("2025-02");
    expect(quarters).toEqual(["2026-Q1", "2025-Q4", "2025-Q3", "2025-Q2"]);
    expect(years).toEqual(["2026", "2025", "2024"]);
  });

  test("a number is read as its language writes it", () => {
    for (const [text, value] of [["8.705", 8705], ["8705", 8705], ["12,5", 12.5], [" 1.234.567,25 ", 1234567.25], ["0", 0]] as const) expect(numberIn("vi", text), text).toBe(value);
    for (const [text, value] of [["8,705", 8705], ["12.5", 12.5]] as const) expect(numberIn("en", text), text).toBe(value);
    for (const text of ["", "x", "-1", "12.5", "1.23.456", "1,2,3", "1e5"]) expect(numberIn("vi", text), text).toBeNull();
  });
});

describe("rows of a table", () => {
  const rows = [{ name: "Xã Ô Diên", lost: 2 }, { name: "Phường Ba Đình", lost: null }, { name: "Sở Tư pháp", lost: 10 }, { name: "Sở 9", lost: 2 }];

  test("are in order, equal ones as they came, unknown ones last either way round", () => {
    expect(sorted(rows, ({ lost }) => lost, true).map(({ name }) => name)).toEqual(["Sở Tư pháp", "Xã Ô Diên", "Sở 9", "Phường Ba Đình"]);
    expect(sorted(rows, ({ lost }) => lost, false).at(-1)?.name).toBe("Phường Ba Đình");
    expect(sorted(["10", "9", "Đ", "D"], (text) => text, false)).toEqual(["9", "10", "D", "Đ"]);
  });

  test("are found without marks, by name or code", () => {
    const finder = new Finder<{ name: string }>(({ name }) => name);
    expect(finder.find(rows, "ba dinh").map(({ name }) => name)).toEqual(["Phường Ba Đình"]);
    expect(finder.find(rows, "so tu").map(({ name }) => name)).toEqual(["Sở Tư pháp"]);
    expect(finder.find(rows, " ")).toBe(rows);
    expect(finder.find(rows, "nothing")).toEqual([]);
  });

  test("an order is written and read back, and turned by its own heading", () => {
    for (const text of ["lost", "-lost", "g3A"]) expect(textOf(orderOf(text))).toBe(text);
    expect(turned(orderOf("-lost"), "lost", true)).toEqual({ column: "lost", down: false });
    expect(turned(orderOf("-lost"), "name", false)).toEqual({ column: "name", down: false });
  });

  test("in view: all of what is seen is made, and never more rows than there are", () => {
    fc.assert(fc.property(fc.nat(5000), fc.integer({ min: 1, max: 80 }), fc.nat(300_000), fc.integer({ min: 1, max: 2000 }), (n, row, top, height) => {
      const { from, to } = inView(n, row, top, height);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThanOrEqual(n);
      expect(from).toBeLessThanOrEqual(to);
      expect(to - from).toBeLessThanOrEqual(Math.ceil(height / row) + 26);
      for (let i = Math.floor(top / row); i * row < top + height && i < n; i += 1) {
        expect(i).toBeGreaterThanOrEqual(from);
        expect(i).toBeLessThan(to);
      }
    }), { numRuns: 300 });
  });
});

describe("CSV", () => {
  test("quotes what needs it, and no formula runs", () => {
    const text = csv(["case", "reason"], [["a,b", 'she said "no"'], ["=1+1", null], ["line\nbreak", -0.5], ["@x", true], ["", "Đình"]]);
    expect(text).toBe('\uFEFFcase,reason\r\n"a,b","she said ""no"""\r\n\'=1+1,\r\n"line\nbreak",-0.5\r\n\'@x,true\r\n,Đình\r\n');
  });

  test("every text comes back from it", () => {
    const cell = fc.string().filter((text) => !/^[=+\-@\t\r]/.test(text));
    fc.assert(fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (cells) => {
      const line = csv(["h"], [cells]).slice("\uFEFFh\r\n".length, -2);
      expect(parsed(line)).toEqual(cells);
    }));
  });
});

/** One line of CSV, read another way than it is written. */
function parsed(line: string): string[] {
  const cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let i = 0; i < line.length; i += 1) {
    const c = line[i] ?? "";
    if (isQuoted && c === '"' && line[i + 1] === '"') i += 1;
    else if (c === '"') {
      isQuoted = !isQuoted;
      continue;
    } else if (c === "," && !isQuoted) {
      cells.push(cell);
      cell = "";
      continue;
    }
    cell += c;
  }
  return [...cells, cell];
}
