/** Two saved scenarios side by side: their figures, each by its own question. */
import { catalogue } from "../../../i18n/index.ts";
import { NONE, count, percent } from "../../../i18n/format.ts";
import { h, show } from "../../../ui/dom.ts";
import { problemWords } from "../../pages/alert.ts";
import { Changes } from "../../pages/changes.ts";
import { isSameQuestion } from "../question.ts";
import type { Compared, PageState, Part } from "../state.ts";
import type { Scenario } from "../view.ts";
import { questionWords } from "../words.ts";

export function comparison(): Part {
  const node = h("div", { class: "compare", attrs: { "data-testid": "comparison" } });
  const changes = new Changes();

  const draw = ({ lang, compared }: PageState): void => {
    const t = catalogue(lang).planner;
    const line = (words: string, value: (scenario: Scenario) => string): HTMLElement => h("tr", {}, h("th", { text: words, attrs: { scope: "row" } }),
      ...compared.map(({ asked: { value: scenario } }) => h("td", { text: scenario === null ? NONE : value(scenario) })));
    const of = (words: string, value: (one: Compared) => string): HTMLElement => h("tr", {}, h("th", { text: words, attrs: { scope: "row" } }), ...compared.map((one) => h("td", { text: value(one) })));
    const [a, b] = compared;
    const isOther = a !== undefined && b !== undefined && !isSameQuestion(a.saved.question, b.saved.question);
    const troubles = compared.flatMap(({ saved, asked: { problem } }) => (problem === null ? [] : [h("p", { class: "page-problem", text: `${saved.name}: ${problemWords(lang, problem)}`, attrs: { role: "alert" } })]));
    node.replaceChildren(
      h("h3", { text: t.compareTitle }), ...troubles,
      ...(isOther ? [h("p", { class: "as-today", text: t.otherQuestions })] : []),
      h("table", { class: "compare-table" },
        h("thead", {}, h("tr", {}, h("th", { text: t.figure, attrs: { scope: "col" } }), ...compared.map(({ saved }) => h("th", { text: saved.name, attrs: { scope: "col" } })))),
        h("tbody", {},
          of(t.questionName, ({ saved }) => questionWords(lang, saved.question)),
          of(t.changesName, ({ saved }) => count(lang, saved.changes.length)),
          line(t.coveredShare, ({ after }) => percent(lang, after.share, 2)),
          line(t.gained, ({ gained }) => `+${count(lang, gained)}`),
          line(t.lost, ({ lost }) => `−${count(lang, lost)}`),
          line(t.leftOut, ({ after }) => count(lang, after.population - after.covered)),
          line(t.unitsChanged, ({ units }) => count(lang, units.length)),
          line(t.farName, ({ after }) => count(lang, after.far_population)))),
    );
  };

  return {
    node,
    update(state) {
      const { lang, compared } = state;
      show(node, compared.length === 2);
      if (compared.length === 2 && changes.of(lang, ...compared.map(({ asked }) => asked))) draw(state);
    },
  };
}
