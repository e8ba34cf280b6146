/** The day in figures, each with its sample and its target. */
import { catalogue } from "../../i18n/index.ts";
import { count, decimal, minutes, percent } from "../../i18n/format.ts";
import { explained } from "../../guide/button.ts";
import { h, show } from "../../ui/dom.ts";
import type { FigureId } from "../../guide/table.ts";
import { Changes } from "../pages/changes.ts";
import type { Boards, Ratings, Visits } from "../charts/reports.ts";
import { isDrawn } from "./notes.ts";
import type { PageState, Part } from "./state.ts";

/** Ratings of the hours together; `null` while not all are known, and where nobody rated. Pure. */
export function ratingsOf(state: PageState): Pick<Ratings, "ratings" | "satisfied"> | null {
  const { ratings, view: { site } } = state;
  if (ratings.wanted === 0 || ratings.known < ratings.wanted) return null;
  const rows = [...ratings.values.values()].flatMap((one) => one.get(site) ?? []);
  const sum = rows.reduce((all, one) => ({ ratings: all.ratings + one.ratings, satisfied: all.satisfied + one.satisfied }), { ratings: 0, satisfied: 0 });
  return sum.ratings === 0 ? null : sum;
}

function figures(state: PageState, row: Visits): HTMLElement[] {
  const { lang, target } = state;
  const { day: t, unitMinutes, sample, noData, met, missed } = catalogue(lang);
  const rated = ratingsOf(state);
  const time = (seconds: number | null): string => (seconds === null ? noData : `${minutes(lang, seconds)} ${unitMinutes}`);
  const one = (id: FigureId, name: string, value: string, note: string, testid: string, standing = ""): HTMLElement => h("div", {},
    h("dt", {}, explained(id, name)), h("dd", { class: "day-figure", text: value, attrs: { "data-testid": testid } }),
    h("dd", { class: "quiet" }, standing === "" ? null : h("span", { class: "standing", text: standing === "met" ? met : missed, attrs: { "data-standing": standing } }), standing === "" ? note : ` · ${note}`));
  const standing = row.mean_wait_s === null || target === null ? "" : row.mean_wait_s <= target ? "met" : "missed";
  const goal = target === null ? [] : [t.target(minutes(lang, target, 0))];
  return [
    one("wait_day", t.meanWait, time(row.mean_wait_s), [...goal, sample(count(lang, row.started))].join(", "), "day-mean", standing),
    one("wait_p90", t.p90Wait, time(row.p90_wait_s), sample(count(lang, row.started)), "day-p90"),
    one("over_15min", t.over, row.started === 0 ? noData : percent(lang, row.over_15min / row.started), t.ofAll(count(lang, row.over_15min), count(lang, row.started)), "day-over"),
    one("visits", t.tickets, count(lang, row.visits), t.ended(count(lang, row.finished), count(lang, row.abandoned), count(lang, row.unresolved)), "day-tickets"),
    one("transaction", t.transaction, time(row.mean_transaction_s), sample(count(lang, row.finished)), "day-transaction"),
    one("satisfaction", t.satisfied, rated === null ? noData : percent(lang, rated.satisfied / rated.ratings, 0), rated === null ? "" : t.ofAll(count(lang, rated.satisfied), count(lang, rated.ratings)), "day-satisfied"),
  ];
}

function boardFigures({ lang }: PageState, row: Boards): HTMLElement[] {
  const { day: t, noData } = catalogue(lang);
  const one = (id: FigureId, name: string, value: string, note: string, testid: string): HTMLElement =>
    h("div", {}, h("dt", {}, explained(id, name)), h("dd", { class: "day-figure", text: value, attrs: { "data-testid": testid } }), h("dd", { class: "quiet", text: note }));
  const number = (value: number | null): string => (value === null ? noData : decimal(lang, value));
  return [
    one("board_waiting", t.boardWaiting, number(row.mean_waiting), row.peak_waiting === null ? "" : t.boardPeak(count(lang, row.peak_waiting)), "day-board-waiting"),
    one("board_counters", t.boardCounters, number(row.mean_open_counters), t.snapshots(count(lang, row.snapshots)), "day-board-counters"),
  ];
}

export function totals(): Part {
  const node = h("dl", { class: "day-totals", attrs: { "data-testid": "day-totals" } });
  const changes = new Changes();
  return {
    node,
    update(state) {
      const { lang, whole: { value }, board, ratings, view: { site }, target } = state;
      const row = value?.rows.find((one) => one.site === site) ?? null;
      const told = board.value?.rows.find((one) => one.site === site) ?? null;
      show(node, (row !== null || told !== null) && isDrawn(state));
      if (!changes.of(lang, row, told, ratings, site, target)) return;
      node.replaceChildren(...(row === null ? [] : figures(state, row)), ...(told === null ? [] : boardFigures(state, told)));
    },
  };
}
