/** A span of whole days, both ends within it, as a page's address has it: `from=2026-11-01&to=2026-11-26`. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { h, setText } from "../../ui/dom.ts";
import type { Query } from "./hash.ts";

export interface Days {
  readonly from: string;
  readonly to: string;
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const DAY_MS = 86_400_000;

/** Whether it is a day that there is: 2026-02-30 is none. */
export const isDay = (text: string): boolean => DAY.test(text) && addDays(text, 0) === text;

export function addDays(day: string, days: number): string {
  const ms = Date.parse(`${day}T00:00:00Z`) + days * DAY_MS;
  return Number.isNaN(ms) ? "" : new Date(ms).toISOString().slice(0, 10);
}

/** What the query says; empty where it says none, or nothing that is a span. */
export function daysOf(query: Query): Days {
  const [from, to] = [query["from"] ?? "", query["to"] ?? ""];
  return isDay(from) && isDay(to) && from <= to ? { from, to } : { from: "", to: "" };
}

/** The days in force: those chosen, or some around the server's today; `null` before that is known. */
export function daysInForce(days: Days, asOf: string | null, before: number, after = 0): Days | null {
  if (days.from !== "") return days;
  // Times are the server's, which are Hà Nội's: their first ten letters are its day.
  const today = asOf?.slice(0, 10) ?? "";
  return isDay(today) ? { from: addDays(today, -before), to: addDays(today, after) } : null;
}

/** As the server is asked: up to the begin of the day after the last. */
export const asked = ({ from, to }: Days): { from: string; to: string } => ({ from, to: addDays(to, 1) });

export interface DaysTool {
  readonly node: HTMLElement;
  update(lang: Lang, days: Days | null): void;
}

export function daysTool(choose: (days: Days) => void): DaysTool {
  const changed = (): void => {
    if (isDay(from.value) && isDay(to.value) && from.value <= to.value) choose({ from: from.value, to: to.value });
  };
  const input = (testid: string): HTMLInputElement => h("input", { attrs: { type: "date", "data-testid": testid }, on: { change: changed } });
  const [from, to] = [input("from"), input("to")];
  const [fromName, toName] = [h("span", { class: "tool-name" }), h("span", { class: "tool-name" })];
  const node = h("div", { class: "tool days" }, h("label", { class: "tool" }, fromName, from), h("label", { class: "tool" }, toName, to));
  return {
    node,
    update(lang, days) {
      const t = catalogue(lang).pages;
      setText(fromName, t.fromDay);
      setText(toName, t.toDay);
      for (const [one, value] of [[from, days?.from], [to, days?.to]] as const) {
        one.lang = lang;
        if (document.activeElement !== one) one.value = value ?? "";
      }
    },
  };
}
