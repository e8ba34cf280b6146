/** A choice of a month, a quarter or a year that has begun. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { h, setText } from "../../ui/dom.ts";
import { periodWords, periodsUntil } from "../index/model.ts";
import { Changes } from "./changes.ts";

export interface PeriodTool {
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
      const t = catalogue(lang).index766;
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
