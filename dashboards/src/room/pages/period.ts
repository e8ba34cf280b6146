/** Months, quarters and years by name, and a choice of one that has begun. */
import { catalogue } from "../../i18n/index.ts";
import { TIME_ZONE } from "../../i18n/format.ts";
import type { Catalogue, Lang } from "../../i18n/index.ts";
import { h, setText } from "../../ui/dom.ts";
import { Changes } from "./changes.ts";

export function periodWords(t: Catalogue["pages"], period: string): string {
  const match = /^(\d{4})(?:-(?:(\d\d)|Q([1-4])))?$/.exec(period);
  const [, year = "", month, quarter] = match ?? [];
  if (month !== undefined) return t.month(month, year);
  if (quarter !== undefined) return t.quarter(quarter, year);
  return year === "" ? period : t.year(year);
}

interface Periods {
  readonly months: readonly string[];
  readonly quarters: readonly string[];
  readonly years: readonly string[];
}

const monthFormat = new Intl.DateTimeFormat("en-CA", { timeZone: TIME_ZONE, year: "numeric", month: "2-digit" });

/** Periods that have begun by an instant, newest first: a year of months, four quarters, three years. */
export function periodsUntil(asOf: string): Periods {
  const parts = monthFormat.formatToParts(Date.parse(asOf));
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
  const last = part("year") * 12 + part("month") - 1;
  const yearOf = (month: number): number => Math.floor(month / 12);
  const months = Array.from({ length: 12 }, (_, i) => last - i);
  const quarters = Array.from({ length: 4 }, (_, i) => Math.floor(last / 3) - i);
  return {
    months: months.map((m) => `${yearOf(m)}-${String((m % 12) + 1).padStart(2, "0")}`),
    quarters: quarters.map((q) => `${Math.floor(q / 4)}-Q${(q % 4) + 1}`),
    years: Array.from({ length: 3 }, (_, i) => String(yearOf(last) - i)),
  };
}

interface PeriodTool {
  readonly node: HTMLElement;
  /** `period` is the one in force; `asOf` is `null` before the server has said what time it has. */
  update(lang: Lang, period: string, asOf: string | null): void;
}

export function periodTool(testid: string, choose: (period: string) => void): PeriodTool {
  const name = h("span", { class: "tool-name" });
  const select = h("select", { attrs: { "data-testid": testid }, on: { change: () => { choose(select.value); } } });
  const node = h("label", { class: "tool" }, name, select);
  const changes = new Changes();
  // Until then this machine's clock stands in: a period can always be chosen.
  let until = new Date().toISOString();
  return {
    node,
    update(lang, period, asOf) {
      const t = catalogue(lang).pages;
      until = asOf ?? until;
      setText(name, t.period);
      if (!changes.of(lang, period, until.slice(0, 10))) return;
      const { months, quarters, years } = periodsUntil(until);
      const option = (one: string): HTMLOptionElement => h("option", { text: periodWords(t, one), attrs: { value: one } });
      const groups = ([[t.months, months], [t.quarters, quarters], [t.years, years]] as const)
        .map(([label, periods]) => h("optgroup", { attrs: { label } }, ...periods.map(option)));
      const isListed = [...months, ...quarters, ...years].includes(period);
      select.replaceChildren(...(isListed || period === "" ? [] : [option(period)]), ...groups);
      select.value = period;
    },
  };
}
