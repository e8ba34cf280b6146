/** The nine groups with the weights in force, which are settings; and a form to set others. */
import { catalogue } from "../../i18n/index.ts";
import { moment, percent } from "../../i18n/format.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { field, form, needed } from "../pages/form.ts";
import { away } from "../pages/away.ts";
import { Changes } from "../pages/changes.ts";
import { weightShares } from "./model.ts";
import { isList } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { Scorecard } from "./view.ts";

const PATH = "scorecard/weights";

function list({ lang }: PageState, answer: Scorecard): HTMLElement[] {
  const t = catalogue(lang).scorecard;
  const shares = weightShares(answer);
  return answer.criteria.groups.map((group) => h("li", { attrs: { "data-group": group.code } },
    h("span", { class: "group-code", text: group.code }), h("span", { text: group[lang] }),
    h("span", { class: "quiet", text: t.weightOf(percent(lang, shares.get(group.code) ?? null)) })));
}

function forms({ lang }: PageState, answer: Scorecard, actions: Actions): HTMLElement {
  const t = catalogue(lang).scorecard;
  const groups = answer.criteria.groups.map((group) => ({ code: group.code, ...field(`${group.code} ${group[lang]}`, `weight-${group.code}`, true) }));
  const source = field(catalogue(lang).pages.source, "weights-source", false);
  for (const { code, input } of groups) input.value = answer.weights === null ? "1" : String(answer.weights.value[code] ?? 0).replace(".", lang === "vi" ? "," : ".");
  const node = form(lang, {
    title: t.setWeights,
    testid: "weights-form",
    path: PATH,
    fields: [...groups.map((one) => one.node), source.node],
    body: () => ({ weights: Object.fromEntries(groups.map((one) => [one.code, needed(lang, one)])), source: source.input.value }),
    saved: actions.reload,
  });
  const equal = away(lang, { words: t.equalAgain, testid: "weights-equal", path: PATH, source, body: () => ({}), saved: actions.reload });
  return h("div", {}, h("p", { class: "quiet", text: t.weightsHint }), node, equal);
}

export function weights(actions: Actions): Part {
  const title = h("h2");
  const note = h("p", { class: "weights-note", attrs: { "data-testid": "weights-note" } });
  const from = h("span", { class: "quiet", attrs: { "data-testid": "weights-from" } });
  const groups = h("ul", { class: "weights" });
  const summary = h("summary");
  const box = h("div");
  const node = h("section", { class: "page-part", attrs: { "data-testid": "weights-part" } },
    h("div", { class: "part-line" }, title, from), note, groups,
    h("details", { class: "entry", attrs: { "data-testid": "weights" } }, summary, box));
  // Made again only for another entry or language: what is being typed stays.
  const [ofForm, ofList] = [new Changes(), new Changes()];
  return {
    node,
    update(state) {
      const { lang, card } = state;
      show(node, isList(state) && card.value !== null);
      if (!isList(state) || card.value === null) return;
      const t = catalogue(lang).scorecard;
      const entry = card.value.weights;
      setText(title, t.weights);
      setText(note, card.value.weights_note[lang]);
      setText(from, entry === null ? t.weightsEqual : t.weightsFrom(entry.source, moment(lang, entry.entered_at)));
      setText(summary, t.setWeights);
      if (ofList.of(lang, card.value)) groups.replaceChildren(...list(state, card.value));
      if (ofForm.of(lang, entry?.entered_at, entry?.source, JSON.stringify(entry?.value))) box.replaceChildren(forms(state, card.value, actions));
    },
  };
}
