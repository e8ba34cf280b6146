/** How many of each standing there are, in a line; what there is none of stands back. */
import type { Lang } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h } from "../../ui/dom.ts";

interface Sum {
  readonly standing: string;
  readonly n: number;
  readonly words: string;
  readonly hint?: string;
}

export const sumsOf = (lang: Lang, sums: readonly Sum[]): HTMLElement[] => sums.map(({ standing, n, words, hint = "" }) =>
  h("li", { attrs: { "data-standing": standing, "data-none": String(n === 0), title: hint } }, h("strong", { text: count(lang, n) }), h("span", { text: words })));
