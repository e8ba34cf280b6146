/** Cases as a plain table, where they are not worked on: what stands too long, what a replay raises, what is handed over. */
import { catalogue } from "../../i18n/index.ts";
import type { Case } from "../../live/views.ts";
import { h } from "../../ui/dom.ts";
import type { Column } from "../pages/table.ts";
import { markOf } from "./mark.ts";
import { hashOfCase } from "./state.ts";
import { ageWords, figureWords, holderOf, mainReason, shortTime, subjectOf, titleOf } from "./words.ts";
import type { Told } from "./words.ts";

/** `isOpenable` where the desk has the cases: those of a replay are none of its own. */
export function caseColumns(told: Told, asOf: string | null, isOpenable: boolean): Column<Case>[] {
  const { lang } = told;
  const t = catalogue(lang).desk;
  const what = (one: Case): Node => {
    const reason = mainReason(one);
    const words = titleOf(told, one);
    return h("div", { class: "case-cell" }, markOf(one), h("div", {},
      isOpenable ? h("a", { text: words, attrs: { href: hashOfCase(one.id), tabindex: "-1" } }) : h("span", { text: words }),
      h("span", { class: "cell-note", text: reason === null ? "" : figureWords(lang, reason) })));
  };
  return [
    { key: "subject", title: t.subject, cell: (one) => subjectOf(told, one) },
    { key: "alert", title: t.alert, cell: what },
    ...(isOpenable ? [
      { key: "state", title: t.state, cell: (one: Case) => t.states[one.state] },
      { key: "who", title: t.who, cell: (one: Case) => holderOf(one) ?? h("span", { class: "quiet", text: t.nobody }) },
    ] : []),
    { key: "raised", title: t.raisedAt, cell: (one) => shortTime(lang, one.raised_at, asOf) },
    { key: "age", title: t.age, isNumber: true, cell: (one) => ageWords(lang, one, asOf) },
  ];
}
