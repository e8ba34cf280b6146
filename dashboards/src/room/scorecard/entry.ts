/** A judged criterion of the open card: points that no event tells, with their source. */
import { catalogue } from "../../i18n/index.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { field, form, needed } from "../pages/form.ts";
import { away } from "../pages/away.ts";
import { Changes } from "../pages/changes.ts";
import { choice } from "../pages/choice.ts";
import { judged } from "./model.ts";
import { openCard } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { Scorecard } from "./view.ts";

const PATH = "scorecard/entries";

function judging({ lang, view }: PageState, answer: Scorecard, actions: Actions): HTMLElement {
  const { scorecard: t, pages } = catalogue(lang);
  const metric = choice(t.metric, "judged-metric", judged(answer).map((one) => [one.code, `${one.group} ${one[lang]}`] as const), true);
  const [points, source] = [field(t.judgedPoints, "judged-points", true), field(pages.source, "judged-source", false)];
  const about = { period: answer.period, view: answer.view, key: view.key };
  const node = form(lang, {
    title: t.judge,
    testid: "judged-form",
    path: PATH,
    fields: [metric.node, points.node, source.node],
    body: () => ({ ...about, metric: metric.select.value, points: needed(lang, points), source: source.input.value }),
    saved: actions.reload,
  });
  const taken = away(lang, { words: t.takeAway, testid: "judged-away", path: PATH, source, body: () => ({ ...about, metric: metric.select.value }), saved: actions.reload });
  return h("div", {}, node, taken);
}

export function entry(actions: Actions): Part {
  const title = h("summary");
  const hint = h("p", { class: "quiet" });
  const box = h("div");
  const node = h("details", { class: "page-part entry", attrs: { "data-testid": "judge" } }, title, hint, box);
  const changes = new Changes();
  return {
    node,
    update(state) {
      const { lang, view, card } = state;
      const isOpen = openCard(state) !== null;
      show(node, isOpen);
      if (!isOpen || card.value === null) return;
      const t = catalogue(lang).scorecard;
      setText(title, t.judge);
      setText(hint, t.judgeHint);
      if (changes.of(lang, view.key, card.value.period, card.value.view)) box.replaceChildren(judging(state, card.value, actions));
    },
  };
}
