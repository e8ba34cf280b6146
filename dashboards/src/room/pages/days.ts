/** Whole days as a page's address has them, `from=2026-11-01&to=2026-11-26`, both ends within; and fields to type them in. */
import { TIME_ZONE } from "../../i18n/format.ts";
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { h, setAttr, setText } from "../../ui/dom.ts";
import type { Query } from "./hash.ts";

export interface Days {
  readonly from: string;
  readonly to: string;
}

export const NO_DAYS: Days = { from: "", to: "" };

const DAY = /^\d{4}-\d\d-\d\d$/;
const DAY_MS = 86_400_000;

/** Whether it is a day that there is: 2026-02-30 is none. */
export const isDay = (text: string): boolean => DAY.test(text) && addDays(text, 0) === text;

export function addDays(day: string, days: number): string {
  const ms = Date.parse(`${day}T00:00:00Z`) + days * DAY_MS;
  return Number.isNaN(ms) ? "" : new Date(ms).toISOString().slice(0, 10);
}

/** A day of an address; empty where it is none. */
export const dayOfQuery = (text = ""): string => (isDay(text) ? text : "");

/** Up to which instant a last day is asked for, which is the next one's begin; empty stays empty. */
export const dayAfter = (day: string): string => addDays(day, 1);

export const monthBegin = (day: string): string => `${day.slice(0, 8)}01`;

const dayFormat = new Intl.DateTimeFormat("en-CA", { timeZone: TIME_ZONE, year: "numeric", month: "2-digit", day: "2-digit" });

/** The day in Hà Nội of an instant. */
export const dayOf = (instant: string): string => dayFormat.format(Date.parse(instant));

/** What the query says; empty where it says none, or nothing that is a span. */
export function daysOf(query: Query): Days {
  const [from, to] = [dayOfQuery(query["from"]), dayOfQuery(query["to"])];
  return from !== "" && from <= to ? { from, to } : NO_DAYS;
}

/** The days in force: those chosen, or some around the server's today; `null` before that is known. */
export function daysInForce(days: Days, asOf: string | null, before: number, after = 0): Days | null {
  if (days.from !== "") return days;
  if (asOf === null) return null;
  const today = dayOf(asOf);
  return { from: addDays(today, -before), to: addDays(today, after) };
}

/** As the server is asked. */
export const asked = ({ from, to }: Days): Days => ({ from, to: dayAfter(to) });

/** A day as people write it, 26/11/2026, or as machines do; `null` is no day. */
export function dayIn(text: string): string | null {
  const match = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text.trim());
  const [, day = "", month = "", year = ""] = match ?? [];
  const iso = match === null ? text.trim() : `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  return isDay(iso) ? iso : null;
}

/** 2026-11-26 as 26/11/2026, in both languages. */
export const dayText = (day: string): string => day.split("-").reverse().join("/");

interface DayInput {
  readonly input: HTMLInputElement;
  /** The day that is typed; empty where nothing is, and `null` where it is no day. */
  read(): string | null;
  mark(isRight: boolean): void;
  /** What is being typed stays, and so does what is no day: it is marked, and not taken away. */
  show(lang: Lang, day: string): void;
}

/** A browser's own field would turn day and month round by its language. */
export function dayInput(testid: string, changed: () => void): DayInput {
  const input = h("input", { class: "day", attrs: { type: "text", autocomplete: "off", "data-testid": testid }, on: { change: changed } });
  return {
    input,
    read: () => (input.value.trim() === "" ? "" : dayIn(input.value)),
    mark: (isRight) => { setAttr(input, "aria-invalid", String(!isRight)); },
    show: (lang, day) => {
      setAttr(input, "placeholder", catalogue(lang).pages.dayForm);
      if (document.activeElement !== input && input.getAttribute("aria-invalid") !== "true") input.value = dayText(day);
    },
  };
}

interface DaysTool {
  readonly node: HTMLElement;
  update(lang: Lang, days: Days | null): void;
}

/** Both days of a span; where both are emptied, the page's own are in force again. */
export function daysTool(page: string, choose: (days: Days) => void): DaysTool {
  // While what is typed is no span, both fields stay as they are: one is often typed before the other fits it.
  let isTyping = false;
  let settle = (): void => undefined;
  const changed = (): void => {
    const [first, last] = [from.read(), to.read()];
    const isNone = first === "" && last === "";
    from.mark(isNone || (first !== null && first !== ""));
    to.mark(isNone || (last !== null && last !== "" && (first === null || first <= last)));
    isTyping = !isNone && (first === null || last === null || first === "" || last < first);
    if (!isTyping) choose({ from: first ?? "", to: last ?? "" });
  };
  const [from, to] = [dayInput(`${page}-from`, changed), dayInput(`${page}-to`, changed)];
  const [fromName, toName] = [h("span", { class: "tool-name" }), h("span", { class: "tool-name" })];
  const node = h("div", { class: "tool days" }, h("label", { class: "tool" }, fromName, from.input), h("label", { class: "tool" }, toName, to.input));
  // A field that has the focus is left alone: what is in force is put there afterwards, once the address has been told.
  node.addEventListener("focusout", () => { setTimeout(() => { settle(); }); });
  return {
    node,
    update(lang, days) {
      const t = catalogue(lang).pages;
      setText(fromName, t.fromDay);
      setText(toName, t.toDay);
      settle = () => {
        if (isTyping) return;
        from.show(lang, days?.from ?? "");
        to.show(lang, days?.to ?? "");
      };
      settle();
    },
  };
}
