/** Why there is no answer, in words, and a way to ask again. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { h, setText, show } from "../../ui/dom.ts";
import type { Problem } from "./fetch.ts";

export interface Alert {
  readonly node: HTMLElement;
  /** `words` are said where the server answered, and what is looked for is not in the answer. */
  update(lang: Lang, problem: Problem | null, words?: string | null): void;
}

export function alertOf(again: () => void): Alert {
  const text = h("span");
  const button = h("button", { class: "plain", attrs: { type: "button" }, on: { click: again } });
  const node = h("p", { class: "page-problem", attrs: { role: "alert", "data-testid": "problem" } }, text, button);
  node.hidden = true;
  return {
    node,
    update(lang, problem, words = null) {
      const t = catalogue(lang).pages;
      show(node, problem !== null || words !== null);
      show(button, problem !== null);
      setText(button, t.again);
      if (problem === null) setText(text, words ?? "");
      else if (problem.status === 0) setText(text, t.unreached);
      else setText(text, problem.detail === "" ? t.failed(String(problem.status)) : problem.detail);
    },
  };
}
