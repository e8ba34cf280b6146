/** In what state the day is, where that is to be known before its figures are read; and why there are none. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count, fullDate, hourMinute } from "../../i18n/format.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { dayBegin } from "../charts/reports.ts";
import { dayOfState, hoursOfState } from "./model.ts";
import { dayInForce, standingOf } from "./state.ts";
import type { PageState, Part } from "./state.ts";

export type Told = "pick" | "ahead" | "shut" | "empty_city" | "empty" | "loading" | "today" | "provisional" | "whole" | "none";

/** Which of them holds. Pure. */
export function toldOf(state: PageState): Told {
  const { view: { site }, asOf, hours, whole, quarters, site: asked } = state;
  const day = dayInForce(state);
  if (site === "") return "pick";
  if (asked.problem !== null || asOf === null) return "none";
  if (standingOf(day, asOf) === "ahead") return "ahead";
  if (hours.value === null || whole.value === null) return "none";
  const isAny = whole.value.rows.some((row) => row.site === site) || (state.board.value?.rows ?? []).some((row) => row.site === site);
  const known = asked.value?.days.find((one) => one.day === day);
  if (!isAny) {
    if (known?.closes_at === null) return "shut";
    return hoursOfState(state).length === 0 ? "empty_city" : "empty";
  }
  if (quarters.known < quarters.wanted) return "loading";
  if (standingOf(day, asOf) === "today") return "today";
  return known?.provisional === true || whole.value.provisional.length > 0 ? "provisional" : "whole";
}

function words(lang: Lang, state: PageState, told: Told): string {
  const t = catalogue(lang).day;
  const { asOf, quarters } = state;
  const known = state.site.value?.days.find((one) => one.day === dayInForce(state));
  switch (told) {
    case "loading": return t.states.loading(count(lang, quarters.known), count(lang, quarters.wanted));
    case "today": return t.states.today(hourMinute(lang, asOf));
    case "provisional": return t.states.provisional(count(lang, known?.missing.length ?? 0), (known?.missing.length ?? 0) > 0);
    case "none": return "";
    default: return t.states[told];
  }
}

export function notes(): Part {
  const date = h("span", { class: "day-date", attrs: { "data-testid": "day-name" } });
  const text = h("span", { attrs: { role: "status", "data-testid": "day-note" } });
  const node = h("p", { class: "day-note" }, date, text);
  return {
    node,
    update(state) {
      const { lang } = state;
      const day = dayInForce(state);
      const told = toldOf(state);
      show(node, told === "pick" || (day !== "" && state.site.problem === null));
      show(date, told !== "pick");
      setText(date, day === "" || state.view.site === "" ? "" : fullDate(lang, dayBegin(day)));
      setText(text, words(lang, state, told));
      setAttr(node, "data-told", told);
    },
  };
}

/** Whether there is a day to be drawn. */
export const isDrawn = (state: PageState): boolean => ["loading", "today", "provisional", "whole"].includes(toldOf(state)) && dayOfState(state) !== null;
