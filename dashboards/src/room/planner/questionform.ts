/** The question in a line of fields; on a narrow screen it is folded under its words. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import { h, setText } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { choice } from "../pages/choice.ts";
import { field, needed } from "../pages/form.ts";
import type { Field } from "../pages/form.ts";
import { decimal } from "../../i18n/format.ts";
import { isLimit } from "./question.ts";
import type { Actions, PageState, Part } from "./state.ts";
import { KINDS, MODES, RULES } from "./view.ts";
import type { Question } from "./view.ts";
import { questionWords } from "./words.ts";

export function questionForm(actions: Actions): Part {
  const summary = h("summary", { attrs: { "data-testid": "question-words" } });
  const fields = h("div", { class: "question-fields" });
  const status = h("p", { class: "form-status", attrs: { role: "status", "data-testid": "question-status" } });
  const node = h("details", { class: "question", attrs: { "data-testid": "question" } }, summary, h("form", { on: { submit: (event) => { event.preventDefault(); } } }, fields, status));
  const wide = matchMedia("(min-width: 1101px)");
  const unfold = (): void => { node.open = wide.matches; };
  wide.addEventListener("change", unfold);
  unfold();
  const changes = new Changes();

  const ask = (patch: Partial<Question>): void => {
    setText(status, "");
    actions.go((view) => ({ ...view, question: { ...view.question, ...patch } }));
  };

  const draw = ({ lang, view: { question } }: PageState): void => {
    const t = catalogue(lang).planner;
    const mode = choice(t.mode, "question-mode", MODES.map((one) => [one, t.modes[one]]));
    mode.select.value = question.mode;
    mode.select.addEventListener("change", () => { ask({ mode: MODES.find((one) => one === mode.select.value) ?? "motorbike" }); });
    const rule = choice(t.rule, "question-rule", RULES.map((one) => [one, t.rules[one]]));
    rule.select.value = question.rule;
    rule.select.addEventListener("change", () => { ask({ rule: RULES.find((one) => one === rule.select.value) ?? "any" }); });
    const number = (name: string, key: "minutes" | "km"): Field => {
      const one = field(name, `question-${key}`, true);
      one.input.value = decimal(lang, question[key], question[key] % 1 === 0 ? 0 : 1);
      one.input.addEventListener("change", () => {
        try {
          const value = needed(lang, one);
          if (!isLimit(value, key)) throw new Error(t.limits[key]);
          ask({ [key]: value });
        } catch (error) {
          setText(status, error instanceof Error ? error.message : String(error));
        }
      });
      return one;
    };
    const kinds = KINDS.map((kind) => {
      const input = h("input", { attrs: { type: "checkbox", "data-testid": `question-kind-${kind}` }, on: { change: () => {
        const next = KINDS.filter((one) => (one === kind ? input.checked : question.kinds.includes(one)));
        if (next.length > 0) ask({ kinds: next });
        else {
          input.checked = true;
          setText(status, t.needKind);
        }
      } } });
      input.checked = question.kinds.includes(kind);
      return h("label", { class: "check" }, input, wordFor(catalogue(lang).kinds, kind));
    });
    const of = (testid: string): HTMLElement | null => fields.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
    const focused = document.activeElement instanceof HTMLElement && fields.contains(document.activeElement) ? document.activeElement.dataset["testid"] : undefined;
    fields.replaceChildren(mode.node, rule.node, number(t.minutes, "minutes").node, number(t.km, "km").node,
      h("fieldset", { class: "kinds" }, h("legend", { text: t.kindsThatCount }), ...kinds));
    // What is chosen draws the form again; the focus stays where it was.
    if (focused !== undefined) of(focused)?.focus();
  };

  return {
    node,
    update(state) {
      setText(summary, questionWords(state.lang, state.view.question));
      if (changes.of(state.lang, JSON.stringify(state.view.question))) draw(state);
    },
  };
}
