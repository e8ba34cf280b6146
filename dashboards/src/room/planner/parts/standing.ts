/** What a part says before its answer, without one, and of what it is told: the same in each part. */
import { catalogue } from "../../../i18n/index.ts";
import { h, setText, show } from "../../../ui/dom.ts";
import { problemWords } from "../../pages/alert.ts";
import type { Asked } from "../../pages/fetch.ts";
import type { Actions, PageState } from "../state.ts";
import type { Data } from "../view.ts";
import { basisWords } from "../words.ts";

interface Standing {
  /** Stands over what the part shows. */
  readonly above: HTMLElement;
  readonly basis: HTMLElement;
  /** `isAsToday`: the answer knows nothing of the scenario, which is said where there is one. */
  update(state: PageState, asked: Asked<{ readonly data?: Data }>, isAsToday: boolean): void;
}

export function standing(actions: Actions): Standing {
  const waiting = h("p", { class: "quiet", attrs: { role: "status" } });
  const words = h("span");
  const again = h("button", { class: "plain", attrs: { type: "button" }, on: { click: () => { actions.again(); } } });
  const trouble = h("p", { class: "page-problem", attrs: { role: "alert" } }, words, again);
  const today = h("p", { class: "as-today" });
  const basis = h("p", { class: "quiet basis" });
  return {
    above: h("div", {}, waiting, trouble, today),
    basis,
    update({ lang, view, history }, { value, asking, problem }, isAsToday) {
      const t = catalogue(lang);
      show(waiting, asking && value === null);
      setText(waiting, t.planner.reckoning);
      show(trouble, problem !== null);
      setText(words, problem === null ? "" : problemWords(lang, problem));
      setText(again, t.pages.again);
      show(today, isAsToday && history.now.length > 0 && value !== null);
      setText(today, t.planner.asTodayNote);
      show(basis, value !== null);
      setText(basis, value === null ? "" : basisWords(lang, view.question, value.data));
    },
  };
}
