// The rules that ship, as `GET /alerts/rules` tells them: read from the server's own file, so that the mock's words and
// limits are its. Reads as much of TOML as that file has.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SHIPPED = join(dirname(fileURLToPath(import.meta.url)), "../../analytics/src/alerts/rules.toml");
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 };
const UNITS = {
  queue_growth: "people", waiting: "people", waiting_per_counter: "people", idle_counters: "counters", neighbour_idle: "counters", passed_over: "calls",
  same_submitter: "tickets", device_beats: "gaps", satisfied_high: "share", agency_idle: "acts", feedback_due: "petitions", tasks_overdue: "tasks", training_overdue: "units",
};

const unitOf = (signal) => UNITS[signal] ?? (signal.endsWith("_s") ? "s" : "dossiers");
const seconds = (text) => { const [, n, unit] = /^(\d+)([smhd]?)$/.exec(text ?? "") ?? [null, 0, ""]; return Number(n) * (SECONDS[unit] ?? 1); };
const words = (text) => ({ vi: /vi = "([^"]*)"/.exec(text)?.[1] ?? "", en: /en = "([^"]*)"/.exec(text)?.[1] ?? "" });

/** The rules of a text; those that do not say what they are of are left out. */
export function rulesOf(toml) {
  return toml.split("[[rule]]").slice(1).map((block) => {
    const raw = Object.fromEntries([...block.matchAll(/^(\w+) = (.+)$/gm)].map(([, key, value]) => [key, value]));
    const text = (key) => /^"([^"]*)"/.exec(raw[key] ?? "")?.[1];
    const signal = text("signal") ?? "";
    return {
      id: text("id"), effective_from: text("effective_from") ?? null, enabled: raw.enabled !== "false", signal, unit: unitOf(signal), window_s: seconds(text("window")),
      side: raw.under === undefined ? "over" : "under", limit: Number(raw.over ?? raw.under), deadband: Number(raw.deadband ?? 0), min_sample: Number(raw.min_sample ?? 0),
      on_delay_s: seconds(text("on_delay")), off_delay_s: seconds(text("off_delay")), hours: text("hours") ?? "always", group: text("group") ?? "",
      priority: text("priority") ?? "low", owner: text("owner") ?? "room", escalate_s: seconds(text("escalate")), title: words(raw.title ?? ""), response: words(raw.response ?? ""), source: text("source") ?? "",
    };
  }).filter(({ id, signal }) => id !== undefined && signal !== "");
}

export const readRules = () => rulesOf(readFileSync(SHIPPED, "utf8"));
