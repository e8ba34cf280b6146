import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BOARD, COMPARED, INDEX_GROUP, OF_BRIEFING, QUALITY_OF_ALERTS, QUICK, STRIP, SUM, forecastOf } from "../src/guide/keys.ts";
import { byFamily, foundBy, hashOfFigure, linesOf } from "../src/guide/said.ts";
import { readHash, viewOf } from "../src/guide/state.ts";
import { STEPS, hrefOf, isAt, searchWith, stepIn, stepsFor } from "../src/guide/steps.ts";
import { FIGURES, IDS, idOf } from "../src/guide/table.ts";
import type { FigureId } from "../src/guide/table.ts";
import { catalogue } from "../src/i18n/index.ts";
import { SUMS } from "../src/room/agencies/model.ts";
import { FIGURES as OF_COMPARE } from "../src/room/compare/state.ts";
import { qualityFigures } from "../src/room/desk/figures.ts";
import type { Quality } from "../src/room/desk/view.ts";
import { QUICKS } from "../src/room/dossiers/state.ts";
import { isPage } from "../src/room/pages/hash.ts";
import { allPageEntries, figureEntries } from "../src/room/search/places.ts";
import { cityFigures } from "../src/room/supervision/figures/model.ts";
import { partFigures } from "../src/room/supervision/figures/part.ts";
import { SHOWN as OF_WALL } from "../src/room/wall/figures.ts";
import { EVERYTHING } from "../src/signin/access.ts";
import { PAGES, mayGo, placeOf } from "../src/signin/pages.ts";
import { pages as roles } from "./roles.ts";
import { emptyCity } from "./sites.ts";

const LANGS = ["vi", "en"] as const;
const repository = (path: string): string => readFileSync(join(import.meta.dirname, "../..", path), "utf8");

/** Tables of a definition file, each as its text. */
const tables = (path: string, head: string): string[] => repository(path).split(`[[${head}]]`).slice(1).map((text) => text.split("\n[[")[0] ?? "");
const valueIn = (table: string, key: string): string => new RegExp(`^${key} = "?(.*?)"?$`, "m").exec(table)?.[1] ?? "";

/** Figures that some part of a page explains where they stand, by the parts' own source. */
function explainedInRooms(): Set<FigureId> {
  const folder = join(import.meta.dirname, "../src/room");
  const found = new Set<FigureId>();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((one) => one.endsWith(".ts"))) {
    const text = readFileSync(join(folder, name), "utf8");
    if (!text.includes("guide/button.ts") && !text.includes("explains:")) continue;
    for (const [, word = ""] of text.matchAll(/"([a-z0-9_]+)"/g)) {
      const id = idOf(word);
      if (id !== null) found.add(id);
    }
  }
  const byKey = [STRIP, COMPARED, SUM, QUALITY_OF_ALERTS, QUICK, INDEX_GROUP].flatMap((all) => Object.values(all));
  return new Set([...found, ...byKey, ...BOARD, ...OF_BRIEFING, ...["wait", "queue-30", "counters"].map(forecastOf)]);
}

describe("what pages show by a key has an entry", () => {
  test("the strip of the room, of the city and of a part, and the wall", () => {
    const keys = [...cityFigures("vi", emptyCity), ...partFigures("vi", [])].map(({ key }) => key);
    for (const key of [...keys, ...OF_WALL]) expect(STRIP[key], key).toBeDefined();
  });

  test("agencies, comparison, quick filters, quality of alerts", () => {
    expect(Object.keys(SUM).sort()).toEqual([...SUMS].sort());
    expect(Object.keys(COMPARED).sort()).toEqual([...OF_COMPARE].sort());
    expect(Object.keys(QUICK).sort()).toEqual([...QUICKS].sort());
    const quality = { floods: [], targets: { priorities: [80, 15, 5], per_hour: 6 }, standing_over_a_day: [], by_priority: {} } as unknown as Quality;
    for (const { key } of qualityFigures("vi", quality)) expect(QUALITY_OF_ALERTS[key], key).toBeDefined();
  });

  test("every group of the index as the server defines it, with its points", () => {
    const groups = tables("analytics/src/index/definition.toml", "version.group");
    expect(groups.map((one) => valueIn(one, "code")).sort()).toEqual(Object.keys(INDEX_GROUP).sort());
    for (const group of groups) {
      const id = INDEX_GROUP[valueIn(group, "code")] ?? "index_1";
      for (const lang of LANGS) expect(catalogue(lang).guide.figures[id].what, id).toMatch(new RegExp(`\\b${valueIn(group, "max")}\\b`));
    }
  });
});

describe("every entry", () => {
  test("has a name, a definition, a source and a sample in both languages", () => {
    for (const lang of LANGS) {
      const { figures } = catalogue(lang).guide;
      expect(Object.keys(figures).sort()).toEqual([...IDS].sort());
      for (const id of IDS) for (const words of Object.values(figures[id])) expect(words.trim().length, `${lang} ${id}`).toBeGreaterThan(2);
      expect(new Set(IDS.map((id) => figures[id].name)).size, "no two of one name").toBe(IDS.length);
    }
  });

  test("is shown somewhere that exists, and explained where it stands", () => {
    const pages = allPageEntries("vi").map(({ hash }) => hash);
    const explained = explainedInRooms();
    for (const id of IDS) {
      expect(FIGURES[id].shown.length, id).toBeGreaterThan(0);
      for (const hash of FIGURES[id].shown) expect(pages, `${id}: ${hash}`).toContain(hash);
      expect(explained, `${id} is explained in a room`).toContain(id);
    }
  });

  test("every page that shows figures has some", () => {
    const shown = new Set(IDS.flatMap((id) => FIGURES[id].shown.map((hash) => placeOf(hash).page)));
    const without = PAGES.filter((page) => !shown.has(page));
    expect(without).toEqual(["dossier", "guide"]);
  });

  test("names an interface that the server has", () => {
    const { paths } = JSON.parse(repository("api/src/http/openapi.json")) as { paths: Record<string, Record<string, object>> };
    const asked = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    for (const id of IDS) {
      const said = linesOf("vi", id).find(({ key }) => key === "api")?.text ?? "";
      if (!said.startsWith("/ws: ")) expect(asked, id).toContain(said);
    }
  });

  test("says all of it, or that no text sets a target", () => {
    for (const lang of LANGS) for (const id of IDS) {
      const keys = linesOf(lang, id).map(({ key }) => key);
      expect(keys, id).toEqual(FIGURES[id].basis === undefined ? ["what", "source", "sample", "target", "api"] : ["what", "source", "sample", "target", "basis", "api"]);
    }
  });
});

describe("targets", () => {
  const { bases: vi } = catalogue("vi").guide;
  const { bases: en } = catalogue("en").guide;
  const lines = (text: string): string[] => text.match(/L\d+(?:–\d+)?/g) ?? [];

  test("and their sources are those of the server's own tables", () => {
    const of = {
      mean_wait_s: ["wait", "15"], mean_transaction_per_dossier_s: ["transaction", "15"], on_time_share: ["on_time", "100%"], in_progress_overdue: ["overdue", "0"],
      supplement_twice: ["supplement", "0"], digitised_share: ["digitised", "100%"], acknowledged_share: ["acknowledged", "100%"], satisfied_share: ["satisfied", "95%"], covered_share: ["covered", "100%"],
    } as const;
    const all = tables("analytics/src/briefing/targets.toml", "target");
    expect(all.map((one) => valueIn(one, "figure")).sort()).toEqual(Object.keys(of).sort());
    for (const table of all) {
      const figure = valueIn(table, "figure") as keyof typeof of;
      const [basis, said] = of[figure];
      expect(vi[basis].source, figure).toBe(valueIn(table, "source"));
      const value = Number(valueIn(table, "at_most") || valueIn(table, "at_least"));
      const unit = figure.endsWith("_s") ? String(value / 60) : figure.endsWith("_share") ? `${value * 100}%` : String(value);
      expect(unit, figure).toBe(said);
      for (const { target } of [vi[basis], en[basis]]) expect(target, figure).toContain(said);
    }
  });

  test("of petitions and norms are the server's limits", () => {
    const limits = new Map(tables("analytics/src/rules/limits.toml", "limit").map((one) => [valueIn(one, "name"), one]));
    const of = (name: string, key: string): string => valueIn(limits.get(name) ?? "", key);
    expect(vi.petition.source).toBe(of("petition_answer_days", "source"));
    for (const { target } of [vi.petition, en.petition]) expect(target).toContain(of("petition_answer_days", "value"));
    for (const norm of ["norm_urban", "norm_rural", "norm_remote"]) {
      for (const { target } of [vi.norms, en.norms]) expect(target.replace(/[.,]/g, ""), norm).toContain(of(norm, "value"));
      for (const line of lines(of(norm, "source"))) expect(lines(vi.norms.source)).toContain(line);
    }
  });

  test("cite the same lines in both languages, and each is used", () => {
    for (const basis of Object.keys(vi) as (keyof typeof vi)[]) {
      expect(lines(en[basis].source), basis).toEqual(lines(vi[basis].source));
      expect(IDS.some((id) => FIGURES[id].basis === basis), basis).toBe(true);
    }
  });
});

describe("the guide's page", () => {
  test("its addresses are read back, and lead to it", () => {
    expect(viewOf(readHash("#/guide") ?? {})).toEqual({ open: "", find: "" });
    expect(viewOf(readHash("#/guide?find=cho") ?? {})).toEqual({ open: "", find: "cho" });
    for (const id of IDS) {
      expect(viewOf(readHash(hashOfFigure(id)) ?? {}).open).toBe(id);
      expect([isPage(hashOfFigure(id)), placeOf(hashOfFigure(id)).page]).toEqual([true, "guide"]);
    }
    for (const other of ["#/", "#/guides", "#/dossier/guide", "#/guide/a/b"]) expect(readHash(other), other).toBeNull();
  });

  test("figures are found without marks, in either language, and by the search box", () => {
    expect(foundBy("cho trung binh")).toContain("wait_day");
    expect(foundBy("CHỜ Trung Bình")).toEqual(foundBy("cho trung binh"));
    expect(foundBy("overdue")).toContain("overdue");
    expect(foundBy("zzz")).toEqual([]);
    expect(foundBy("")).toEqual(IDS);
    expect(byFamily(IDS).flatMap(([, ids]) => ids).length).toBe(IDS.length);
    expect(figureEntries("vi").map(({ hash }) => hash)).toEqual(IDS.map(hashOfFigure));
  });
});

describe("the tour", () => {
  test("has words for each step and no other, and leads to pages", () => {
    expect(STEPS.map(({ name }) => name)).toEqual(Object.keys(catalogue("vi").guide.tour.steps));
    for (const { hash } of STEPS) expect(hash === "#/" || hash.startsWith("#/site/") || isPage(hash), hash).toBe(true);
    expect(stepsFor(EVERYTHING)).toEqual(STEPS);
  });

  test("leads nobody to what is closed to them", () => {
    for (const { access, open } of Object.values(roles)) for (const { hash } of stepsFor(access)) {
      expect(mayGo(access, hash)).toBe(true);
      expect(open).toContain(placeOf(hash).page);
    }
  });

  test("stands in the address, beside what else it says, and can be left and resumed", () => {
    const word = fc.stringMatching(/^[a-z]{1,6}$/).filter((one) => one !== "tour");
    fc.assert(fc.property(fc.constantFrom(...STEPS), fc.dictionary(word, word), (step, others) => {
      const before = new URLSearchParams(others).toString();
      const search = before === "" ? "" : `?${before}`;
      const inside = searchWith(search, step.name);
      expect(stepIn(inside, STEPS)).toEqual(step);
      expect(searchWith(inside, null)).toBe(search);
      expect(hrefOf(search, step)).toBe(`/${inside}${step.hash}`);
      expect(isAt(step.hash, step)).toBe(true);
    }));
    expect(stepIn("?tour=nothing", STEPS)).toBeNull();
    expect(STEPS.filter((step) => isAt("#/wall", step)).map(({ name }) => name)).toEqual(["wall"]);
  });
});
