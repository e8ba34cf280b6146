/** Numbers in the explanations of figures are those of the Rust code: who changes one there is told to change the words here. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { INDEX_GROUP } from "../src/guide/keys.ts";
import { IDS } from "../src/guide/table.ts";
import type { FigureId } from "../src/guide/table.ts";
import { catalogue } from "../src/i18n/index.ts";
import type { Lang } from "../src/i18n/index.ts";

const LANGS = ["vi", "en"] as const;
const repository = (path: string): string => readFileSync(join(import.meta.dirname, "../..", path), "utf8");
const words = (lang: Lang, id: FigureId): string => Object.values(catalogue(lang).guide.figures[id]).join(" ");

/** Numbers as they are read, whatever the language parts them with. */
const numbers = (text: string): string[] => (text.match(/\d+(?:[.,]\d+)*/g) ?? []).map((one) => one.replace(",", "."));

/** Where a number stands in the code, how it is written there, which figures tell it, and as what. */
const TOLD: readonly (readonly [file: string, code: string, figures: readonly FigureId[], said: readonly string[]])[] = [
  ["figures/visits.rs", "LIMIT_S: f64 = 900.0", ["over_15min"], ["900"]],
  ["figures/visits.rs", "LIMIT_S: f64 = 900.0", ["wait_hour", "longest_wait", "site_state", "forecast_counters"], ["15"]],
  ["quantile/histogram.rs", "EXACT: usize = 64", ["wait_p90"], ["64"]],
  ["view/queue.rs", "PLAUSIBLE_S: i64 = 4 * 3600", ["waiting"], ["4"]],
  ["figures/boards.rs", "HOLD_S: i64 = 300", ["waiting", "board_waiting", "board_counters"], ["5"]],
  ["view/site.rs", "SILENT_S: i64 = 20 * 60", ["site_state"], ["20"]],
  ["view/site.rs", "BUSY_WAIT_S: f64 = 600.0", ["wait_hour", "site_state"], ["10"]],
  ["view/site.rs", "BUSY_PER_COUNTER: u64 = 10", ["site_state"], ["10"]],
  ["view/standing.rs", "WAITED_H: i64 = 24", ["visits"], ["24"]],
  ["queueing/forecaster.rs", "HORIZONS: [f64; 3] = [30.0, 60.0, 120.0]", ["forecast_queue"], ["30", "60", "120"]],
  ["queueing/forecaster.rs", "SCORED_DAYS: usize = 10", ["forecast_wait"], ["10"]],
  ["flow/backlog.rs", "DAY_US: i64 = 8 * 3_600_000_000", ["due_soon", "backlog_age"], ["8"]],
  ["flow/backlog.rs", "AGES: [i64; 5] = [1, 3, 5, 10, 20]", ["backlog_age"], ["1", "3", "5", "10", "20"]],
  ["desk/quality.rs", "FLOOD: usize = 10", ["alerts_flood"], ["10", "5"]],
  ["desk/quality.rs", "FLOOD_S: i64 = 600", ["alerts_flood"], ["10"]],
  ["desk/quality.rs", "STALE_S: i64 = 86_400", ["alerts_standing"], ["24"]],
  ["coverage/rule.rs", "minutes: 30.0", ["covered"], ["30"]],
  ["coverage/rule.rs", "km: 5.0", ["covered"], ["5"]],
  ["coverage/reach.rs", "APPROXIMATE_OVER_KM: f64 = 1.0", ["far"], ["1"]],
  ["coverage/bus/settings.rs", "max_walk_m: 1_500.0", ["reach_bus"], ["1.5"]],
  ["coverage/bands.rs", "speeds: vec![0.8, 0.9, 1.0, 1.1, 1.2]", ["equity"], ["20"]],
  ["relief/estimate.rs", "MIN_WAITS: u64 = 10", ["door_to_desk"], ["10"]],
  ["scorecard/equity.rs", "SAMPLE: f64 = 30.0", ["town_country", "briefing"], ["30"]],
  ["register/tasks.rs", "SOON_S: i64 = 30 * 86_400", ["tasks"], ["30"]],
  ["register/sessions.rs", "LATE_S: i64 = 15 * 60", ["sessions"], ["15"]],
];

test.each(TOLD)("%s: %s", (file, code, figures, said) => {
  expect(repository(`analytics/src/${file}`)).toContain(code);
  for (const id of figures) for (const lang of LANGS) expect(numbers(words(lang, id)), `${lang} ${id}`).toEqual(expect.arrayContaining([...said]));
});

describe("groups of the index", () => {
  const versions = repository("analytics/src/index/definition.toml").split("[[version]]").slice(1);
  const indicators = versions.flatMap((text) => text.split("[[version.indicator]]").slice(1)).map((text) => {
    const value = (key: string): string => new RegExp(`^${key} = "?([^"\n]*)"?$`, "m").exec(text.split("\n[")[0] ?? "")?.[1] ?? "";
    return { code: value("code"), id: INDEX_GROUP[value("group")], max: value("max"), cap: value("cap"), counted: value("formula") };
  });

  test.each(indicators)("$code of $id has its points, and from which share on it has all", ({ id = "index_total", max, cap }) => {
    for (const lang of LANGS) expect(numbers(words(lang, id))).toEqual(expect.arrayContaining([max, ...(cap === "" ? [] : [String(Math.round(100 * Number(cap)))])]));
  });

  test("what no event tells is said to be entered", () => {
    const elsewhere = /fn counted\(self\)[\s\S]*?=> Counted::Elsewhere/.exec(repository("analytics/src/index/definition.rs"))?.[0] ?? "";
    const named = [...elsewhere.matchAll(/Self::(\w+)/g)].map(([, name = ""]) => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase().replace("ecertified", "e_certified"));
    const groups = new Set(indicators.filter(({ counted }) => named.includes(counted)).map(({ id }) => id));
    expect([...groups].sort()).toEqual(["index_1", "index_4"]);
    for (const id of groups) {
      expect(catalogue("vi").guide.figures[id ?? "index_1"].source).toContain("do người dùng nhập");
      expect(catalogue("en").guide.figures[id ?? "index_1"].source).toContain("entered by people");
    }
  });
});

test("both languages tell the same numbers", () => {
  for (const id of IDS) {
    // English has names for months.
    const [vi, en] = LANGS.map((lang) => [...new Set(numbers(words(lang, id).replace(/tháng \d+\/?/g, "")))].sort());
    expect(vi, id).toEqual(en);
  }
});
