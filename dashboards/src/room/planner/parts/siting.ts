/** Where the next points should go: what was found, why, how good it surely is, and taking it over. */
import { catalogue } from "../../../i18n/index.ts";
import type { Lang } from "../../../i18n/index.ts";
import { count, decimal, percent } from "../../../i18n/format.ts";
import { marked } from "../../../guide/button.ts";
import { h, setText, show } from "../../../ui/dom.ts";
import { Changes } from "../../pages/changes.ts";
import { added, nextId, removed } from "../changes.ts";
import type { Changes as Scenario } from "../changes.ts";
import type { Actions, PageState, Part } from "../state.ts";
import type { Chosen, Problem, Siting } from "../view.ts";
import { nameOf, shareWords } from "../words.ts";
import { warningWords } from "./change.ts";
import { sitingForm } from "./sitingform.ts";
import { standing } from "./standing.ts";
import { timetable } from "./timetable.ts";

/** A figure of the problem in its unit. */
export function inUnit(lang: Lang, value: number, unit: string): string {
  const t = catalogue(lang);
  if (unit === "minutes") return `${decimal(lang, value)} ${t.unitMinutes}`;
  return unit === "points" ? t.planner.pointsN(count(lang, value)) : t.people(count(lang, value));
}

/** What an official can rely on: what this reaches, and what no other plan could better. Pure. */
export function boundWords(lang: Lang, { problem, objective, bound, gap, is_proven: isProven, unit, chosen }: Pick<Siting, "problem" | "objective" | "bound" | "gap" | "is_proven" | "unit" | "chosen">): string {
  const t = catalogue(lang).planner;
  const [has, best, n] = [inUnit(lang, objective, unit), inUnit(lang, bound, unit), count(lang, chosen.length)];
  if (isProven || objective === bound) return t.proven[problem](n, has);
  return `${t.bound[problem](n, best, has)} ${t.boundGap(percent(lang, gap, 1))}`;
}

/** Points that are found are closed, or added as points of their own. Pure. */
export function takenOver(changes: Scenario, problem: Problem, chosen: readonly Chosen[], nameless: (rank: string) => string): Scenario {
  let next = changes;
  for (const { id, name, lon, lat, rank } of chosen) {
    if (problem === "close") next = removed(next, id);
    else next = added(next, nextId(next), name === "" ? nameless(String(rank)) : name, problem === "mobile" ? "mobile" : "community", { lon, lat });
  }
  return next;
}

export function sitingPart(actions: Actions): Part {
  const title = h("h2");
  const form = sitingForm(actions);
  const stands = standing(actions);
  const result = h("div", { class: "siting-result", attrs: { "data-testid": "siting-result" } });
  const node = h("section", { class: "planner-part", attrs: { tabindex: "0", "data-testid": "siting-part" } }, marked(title, "siting"), form.node, stands.above, result, stands.basis);
  const changes = new Changes();

  const rowOf = (state: PageState, problem: Problem, unit: string) => (one: Chosen): HTMLElement => {
    const { lang } = state;
    const t = catalogue(lang).planner;
    const { rank, id, name, unit: ward, adds, alone, next_best: next } = one;
    const where = ward === null ? "" : state.places.names.unit(ward);
    const figures = problem === "close" ? t.closeAdds(inUnit(lang, adds, unit)) : t.adds(inUnit(lang, adds, unit));
    return h("li", { attrs: { "data-testid": "chosen", "data-id": id } },
      h("span", { class: "gap-rank", text: String(rank) }),
      h("span", { class: "gap-words" },
        h("strong", { text: name === "" ? nameOf(state, id) : name }), h("span", { class: "quiet", text: where }),
        h("span", { text: figures }), problem === "close" ? null : h("span", { text: t.alone(catalogue(lang).people(count(lang, alone))) }),
        next === null ? null : h("span", { class: "quiet", text: t.nextBest(next.name === "" ? next.id : next.name, inUnit(lang, next.adds, unit)) })));
  };

  const draw = (state: PageState, answer: Siting): void => {
    const { lang } = state;
    const t = catalogue(lang).planner;
    const { problem, chosen, unit } = answer;
    const isNone = chosen.length === 0;
    const take = h("button", { class: "dossier-open", text: problem === "close" ? t.takeOverClose : t.takeOver, attrs: { type: "button", "data-testid": "take-over" }, on: { click: () => {
      actions.change((all) => takenOver(all, problem, chosen, t.newName));
      actions.go((view) => ({ ...view, tab: "change" }));
    } } });
    result.replaceChildren(
      h("h3", { text: t.found(t.problems[problem]) }),
      h("p", { class: "planner-lead", text: isNone ? t.foundNone : boundWords(lang, answer), attrs: { "data-testid": "siting-bound" } }),
      h("p", { text: t.shareChange(shareWords(lang, answer.before, answer.after)) }),
      h("ul", { class: "planner-warnings" }, ...warningWords(state, answer)),
      h("ol", { class: "gap-list" }, ...chosen.map(rowOf(state, problem, problem === "least_minutes" ? unit : "people"))),
      ...(problem === "mobile" && answer.timetable !== undefined ? [timetable(lang, answer.timetable, new Map(chosen.map(({ id, name }) => [id, name])))] : []),
      ...(isNone ? [] : [take]),
    );
  };

  return {
    node,
    update(state) {
      const { lang, view, siting, places } = state;
      show(node, view.tab === "siting");
      if (view.tab !== "siting") return;
      setText(title, catalogue(lang).planner.sitingTitle);
      form.update(state);
      stands.update(state, siting, false);
      show(result, siting.value !== null);
      if (changes.of(lang, siting.value, places) && siting.value !== null) draw(state, siting.value);
    },
  };
}
