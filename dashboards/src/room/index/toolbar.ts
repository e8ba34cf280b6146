/** What is looked at: the period, and the city or its parts. */
import { catalogue } from "../../i18n/index.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { periodWords, periodsUntil } from "./model.ts";
import type { Actions, Part } from "./part.ts";
import { BY, hashOfView, withBy, withPart, withPeriod } from "./state.ts";
import type { PageState } from "./state.ts";

function options(select: HTMLSelectElement, { lang, index, view }: PageState, asOf: string): void {
  const t = catalogue(lang).index766;
  const chosen = view.period === "" ? (index.value?.period ?? "") : view.period;
  const { months, quarters, years } = periodsUntil(asOf);
  const option = (period: string): HTMLOptionElement => h("option", { text: periodWords(t, period), attrs: { value: period } });
  const groups = ([[t.months, months], [t.quarters, quarters], [t.years, years]] as const)
    .map(([label, periods]) => h("optgroup", { attrs: { label } }, ...periods.map(option)));
  const isListed = [...months, ...quarters, ...years].includes(chosen);
  select.replaceChildren(...(isListed || chosen === "" ? [] : [option(chosen)]), ...groups);
  select.value = chosen;
}

export function toolbar(actions: Actions): Part {
  const periodName = h("span", { class: "tool-name" });
  const select = h("select", { attrs: { "data-testid": "period" }, on: { change: () => {
    const period = select.value;
    actions.go((view) => withPeriod(view, period));
  } } });
  const isOver = h("span", { class: "quiet", attrs: { "data-testid": "is-over" } });
  const buttons = BY.map((by) => ({
    by,
    node: h("button", { attrs: { type: "button", "data-testid": `by-${by}` }, on: { click: () => { actions.go((view) => withBy(view, by)); } } }),
  }));
  const segment = h("div", { class: "segment", attrs: { role: "group" } }, ...buttons.map(({ node }) => node));
  const all = h("a", { class: "page-back", attrs: { "data-testid": "all-parts" } });
  const node = h("div", { class: "tools" }, h("label", { class: "tool" }, periodName, select), isOver, segment, all);
  const changes = new Changes();
  // Until the server has said what time it has, this machine's clock stands in: a period can always be chosen.
  let asOf = new Date().toISOString();
  return {
    node,
    update(state) {
      const { lang, view, index } = state;
      const t = catalogue(lang).index766;
      setText(periodName, t.period);
      asOf = index.value?.as_of ?? asOf;
      if (changes.of(lang, asOf.slice(0, 10), index.value?.period, view.period)) options(select, state, asOf);
      show(isOver, index.value !== null);
      setText(isOver, index.value?.is_over === true ? t.isOver : t.isOpen);
      setAttr(segment, "aria-label", t.byLabel);
      for (const { by, node: button } of buttons) {
        setText(button, t.by[by]);
        setAttr(button, "aria-pressed", String(by === view.by));
      }
      show(all, view.key !== "");
      setText(all, `← ${t.allParts[view.by]}`);
      setAttr(all, "href", hashOfView(withPart(view, "")));
    },
  };
}
