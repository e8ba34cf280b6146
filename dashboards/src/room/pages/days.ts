/** A span of whole days, both ends within it, as a page's address has it: `from=2026-11-01&to=2026-11-26`. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { h, setAttr, setText } from "../../ui/dom.ts";
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

/** A day as people write it, 26/11/2026, or as machines do; `null` is no day. */
export function dayIn(text: string): string | null {
  const match = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text.trim());
  const [, day = "", month = "", year = ""] = match ?? [];
  const iso = match === null ? text.trim() : `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  return isDay(iso) ? iso : null;
}

/** 2026-11-26 as 26/11/2026, in both languages. */
export const dayText = (day: string): string => day.split("-").reverse().join("/");

export interface DaysTool {
  readonly node: HTMLElement;
  update(lang: Lang, days: Days | null): void;
}

export function daysTool(page: string, choose: (days: Days) => void): DaysTool {
  const changed = (): void => {
    const [first, last] = [dayIn(from.value), dayIn(to.value)];
    setAttr(from, "aria-invalid", String(first === null));
    setAttr(to, "aria-invalid", String(last === null || (first !== null && last < first)));
    if (first !== null && last !== null && first <= last) choose({ from: first, to: last });
  };
  const input = (testid: string): HTMLInputElement => h("input", { class: "day", attrs: { type: "text", autocomplete: "off", "data-testid": testid }, on: { change: changed } });
  const [from, to] = [input(`${page}-from`), input(`${page}-to`)];
  const [fromName, toName] = [h("span", { class: "tool-name" }), h("span", { class: "tool-name" })];
  const node = h("div", { class: "tool days" }, h("label", { class: "tool" }, fromName, from), h("label", { class: "tool" }, toName, to));
  return {
    node,
    update(lang, days) {
      const t = catalogue(lang).pages;
      setText(fromName, t.fromDay);
      setText(toName, t.toDay);
      for (const [one, value] of [[from, days?.from], [to, days?.to]] as const) {
        setAttr(one, "placeholder", t.dayForm);
        // What is being typed stays, and so does what is no span: it is marked, and not taken away.
        if (document.activeElement !== one && one.getAttribute("aria-invalid") !== "true") one.value = dayText(value ?? "");
      }
    },
  };
}
