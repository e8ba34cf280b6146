/** Says why there is no answer, in the server's words where it has some, and offers to try again. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { h, setText, show } from "../../ui/dom.ts";
import type { Problem } from "./fetch.ts";

export function problemWords(lang: Lang, { status, detail }: Problem): string {
  const { pages } = catalogue(lang);
  if (status === 0) return pages.unreached;
  return detail === "" ? pages.failed(String(status)) : detail;
}

export function problemLine(again: () => void): { readonly node: HTMLElement; update(lang: Lang, problem: Problem | null): void } {
  const words = h("span");
  const button = h("button", { class: "plain", attrs: { type: "button" }, on: { click: again } });
  const node = h("p", { class: "page-problem", attrs: { role: "alert", "data-testid": "problem" } }, words, button);
  node.hidden = true;
  return {
    node,
    update(lang, problem) {
      show(node, problem !== null);
      setText(button, catalogue(lang).pages.again);
      setText(words, problem === null ? "" : problemWords(lang, problem));
    },
  };
}
