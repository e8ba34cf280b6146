/** The columns of the list of losses. */
import { catalogue } from "../../i18n/index.ts";
import { moment } from "../../i18n/format.ts";
import { h } from "../../ui/dom.ts";
import { hashOfDossier } from "../dossier/route.ts";
import type { Column } from "../pages/table.ts";
import { isCurable, worth } from "./model.ts";
import type { PageState } from "./state.ts";
import type { Loss } from "./view.ts";

/** Where a case has a page of its own; of what else counts there is none. */
export const pageOf = (counts: string, one: Loss): string | null => (counts === "dossiers" ? hashOfDossier(one.case) : null);

interface Choosing {
  readonly isChosen: (one: Loss) => boolean;
  readonly choose: (one: Loss, isChosen: boolean) => void;
}

export function caseColumns({ lang, names }: PageState, counts: string, hasCures: boolean, { isChosen, choose }: Choosing): Column<Loss>[] {
  const { index766: t, pages } = catalogue(lang);
  const box = (one: Loss): Node | string => {
    if (!isCurable(one)) return "";
    const input = h("input", { attrs: { type: "checkbox", "data-part": "choose", "data-testid": "choose", "aria-label": t.chooseCase(one.case) }, on: { change: () => { choose(one, input.checked); } } });
    input.checked = isChosen(one);
    return input;
  };
  const code = (one: Loss): Node | string => {
    const href = pageOf(counts, one);
    return href === null ? one.case : h("a", { text: one.case, attrs: { href, tabindex: "-1", "data-testid": "to-dossier" } });
  };
  const reason = (one: Loss): Node => h("div", {}, one[lang], one.unreported ? h("span", { class: "cell-note", text: t.isUnreported }) : null);
  const where = ({ site, agency }: Loss): Node => h("div", {},
    site === null ? null : h("span", { text: names.site(site) }),
    agency === null ? null : h("span", { class: "cell-note", text: names.agency(lang, agency) }));
  const dates = ({ due, ended }: Loss): Node => h("div", {},
    due === null ? null : h("span", { text: pages.dueAt(moment(lang, due)) }),
    h("span", { class: "cell-note", text: ended === null ? t.notEnded : t.endedAt(moment(lang, ended)) }));
  return [
    ...(hasCures ? [{ key: "choose", title: t.choose, cell: box }] : []),
    { key: "case", title: t.case, cell: code },
    { key: "reason", title: t.reason, cell: reason },
    { key: "cure", title: t.cure, cell: ({ cure }) => cure === null ? h("span", { class: "quiet", text: t.noCure }) : cure[lang] },
    { key: "points", title: t.points, isNumber: true, cell: (one) => worth(lang, one.points) },
    { key: "where", title: t.where, cell: where },
    { key: "dates", title: t.dates, cell: dates },
  ];
}
