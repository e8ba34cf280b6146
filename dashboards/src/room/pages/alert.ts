/** Why there is no answer, in words, and a way to ask again. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { h, setText, show } from "../../ui/dom.ts";
import type { Problem } from "./fetch.ts";

export function problemWords(lang: Lang, { status, code, detail }: Problem): string {
  const t = catalogue(lang).pages;
  if (status === 0) return t.unreached;
  // The server's sentences are for programmers, and English; what a person can meet has words of its own.
  if (Object.hasOwn(t.problems, code)) return wordFor(t.problems, code);
  return detail === "" ? t.failed(String(status)) : detail;
}

/** Asked again, it would be refused again. */
const REFUSED = new Set(["not_permitted", "out_of_scope"]);

interface Alert {
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
      show(node, problem !== null || words !== null);
      show(button, problem !== null && !REFUSED.has(problem.code));
      setText(button, catalogue(lang).pages.again);
      setText(text, problem === null ? (words ?? "") : problemWords(lang, problem));
    },
  };
}
