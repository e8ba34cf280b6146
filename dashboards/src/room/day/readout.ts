/** What was at the instant of the cursor: its quarter's waits, the queue, the counters, the numbers so far, the alerts that stood. */
import { catalogue } from "../../i18n/index.ts";
import { count, decimal, hourMinute, minutes } from "../../i18n/format.ts";
import { h, show } from "../../ui/dom.ts";
import { titleOf } from "../desk/words.ts";
import { HOUR, QUARTER } from "./model.ts";
import type { Instant } from "./model.ts";
import type { PageState } from "./state.ts";

interface Said {
  readonly key: string;
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

/** Pure. */
export function saidOf({ lang, places, rules }: PageState, { quarter, waiting, counters, isExact, issued, hour, alerts }: Instant): Said[] {
  const { day: t, noData, unitMinutes, sample } = catalogue(lang);
  const visits = quarter?.visits ?? null;
  const span = (at: number, length: number): string => `${hourMinute(lang, at)}–${hourMinute(lang, at + length)}`;
  const of = quarter === null ? "" : span(quarter.at, QUARTER);
  const number = (value: number | null): string => (value === null ? noData : Number.isInteger(value) ? count(lang, value) : decimal(lang, value));
  const time = (seconds: number | null | undefined): string => (seconds === null || seconds === undefined ? noData : `${minutes(lang, seconds)} ${unitMinutes}`);
  const how = (exact: boolean): string => (exact ? t.atInstant : t.meanOfQuarter);
  const rated = hour?.ratings ?? null;
  return [
    { key: "mean", name: t.meanWait, value: time(visits?.mean_wait_s), note: `${of}, ${sample(count(lang, visits?.started ?? 0))}` },
    { key: "p90", name: t.p90Wait, value: time(visits?.p90_wait_s), note: of },
    ...(waiting === null ? [] : [{ key: "waiting", name: t.waitingNow, value: number(waiting), note: how(isExact.waiting) }]),
    ...(counters === null ? [] : [{ key: "counters", name: t.countersNow, value: number(counters), note: how(isExact.counters) }]),
    { key: "issued", name: t.issuedSoFar, value: issued === null ? noData : count(lang, issued), note: quarter === null ? "" : t.before(hourMinute(lang, quarter.at)) },
    { key: "rated", name: t.satisfied, value: rated === null ? noData : `${count(lang, rated.satisfied)}/${count(lang, rated.ratings)}`, note: hour === null ? "" : span(hour.at, HOUR) },
    { key: "alerts", name: t.alertsNow, value: count(lang, alerts.length), note: alerts.map(({ one }) => titleOf({ lang, places, rules }, one)).join(", ") },
  ];
}

interface Readout {
  readonly node: HTMLElement;
  words(): string;
  update(state: PageState, instant: Instant | null): void;
}

export function readout(): Readout {
  const node = h("dl", { class: "day-totals day-readout", attrs: { "data-testid": "day-readout" } });
  let sign = "";
  let words = "";
  return {
    node,
    words: () => words,
    update(state, instant) {
      show(node, instant !== null);
      if (instant === null) return;
      const said = saidOf(state, instant);
      words = [hourMinute(state.lang, instant.at), ...said.map(({ name, value }) => `${name} ${value}`)].join("; ");
      // Sixty times a second, and mostly the same.
      const next = JSON.stringify(said);
      if (next === sign) return;
      sign = next;
      node.replaceChildren(...said.map(({ key, name, value, note }) => h("div", {}, h("dt", { text: name }), h("dd", { class: "day-figure", text: value, attrs: { "data-testid": `at-${key}` } }), h("dd", { class: "quiet", text: note }))));
    },
  };
}
