/** What changed rules would have raised of late, beside what those in force did. */
import { catalogue } from "../../i18n/index.ts";
import { NONE, count, decimal, percent } from "../../i18n/format.ts";
import type { Case } from "../../live/views.ts";
import { h } from "../../ui/dom.ts";
import { Table } from "../pages/table.ts";
import { caseColumns } from "./caselist.ts";
import type { PageState } from "./state.ts";
import type { Quality, Replay } from "./view.ts";
import { shortTime } from "./words.ts";

const DAY_H = 24;
/** More than that is not read. */
const MOST = 50;

/** Alerts a day of the span; `null` where it has no length. Pure. */
export const perDay = ({ raised, hours }: Quality): number | null => (hours > 0 ? (raised * DAY_H) / hours : null);

function row(name: string, now: Quality, then: Quality | null, value: (quality: Quality) => string): HTMLElement {
  return h("tr", {}, h("th", { text: name, attrs: { scope: "row" } }), h("td", { text: value(now) }), h("td", { text: then === null ? NONE : value(then) }));
}

export function replayNodes({ lang, places, rules, asOf }: PageState, { now, then, alerts }: Replay): HTMLElement[] {
  const t = catalogue(lang).desk;
  const priority = (one: "high" | "medium" | "low") => ({ by_priority: by }: Quality): string => count(lang, by[one] ?? 0);
  const rows = [
    row(t.perDay, now, then, (one) => decimal(lang, perDay(one))),
    row(t.perHour, now, then, (one) => decimal(lang, one.per_hour)),
    row(t.floodShare, now, then, (one) => percent(lang, one.flood_share)),
    row(t.floods, now, then, (one) => count(lang, one.floods.length)),
    ...(["high", "medium", "low"] as const).map((one) => row(t.priorities[one], now, then, priority(one))),
  ];
  const heads = ["", t.replayNow, t.replayThen].map((text) => h("th", { text, attrs: { scope: "col" } }));
  const table = new Table<Case>({ testid: "replay-alerts", isWindowed: false, key: ({ id }) => id });
  const shown = alerts.slice(0, MOST);
  table.update({ columns: caseColumns({ lang, places, rules }, asOf, false), rows: shown, order: null, label: t.replayWhich, empty: t.none });
  return [
    h("h3", { text: t.replay }), h("p", { class: "quiet", text: t.replayDays(shortTime(lang, now.from, asOf), shortTime(lang, now.to, asOf)) }),
    h("table", { class: "table replay", attrs: { "data-testid": "replay" } }, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows)),
    h("h3", { text: t.replayWhich }), h("p", { class: "quiet", text: t.replayWhichNote(count(lang, shown.length), count(lang, alerts.length)) }), table.node,
  ];
}
