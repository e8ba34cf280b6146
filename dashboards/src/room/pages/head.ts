/** The head of a page: the way back, what it is, up to when, whether it is real, and the tools of every head. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { moment } from "../../i18n/format.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { frameTools } from "../frame/tools.ts";

interface HeadWords {
  readonly lang: Lang;
  readonly title: string;
  /** Up to when the figures are complete; `null` before the first answer. */
  readonly asOf: string | null;
  readonly simulated: boolean;
  /** Where the page's rules come from. */
  readonly source: string | null;
  readonly isAsking: boolean;
}

interface Head {
  readonly node: HTMLElement;
  readonly title: HTMLElement;
  update(words: HeadWords): void;
}

export function pageHead(): Head {
  const back = h("a", { class: "page-back", attrs: { href: "#/" } });
  const title = h("h1", { attrs: { tabindex: "-1", "data-testid": "page-title" } });
  const simulated = h("p", { class: "simulated", attrs: { "data-testid": "page-simulated" } });
  const asOf = h("p", { class: "page-as-of", attrs: { "data-testid": "page-as-of" } });
  const source = h("p", { class: "page-source quiet", attrs: { "data-testid": "page-source" } });
  const tools = frameTools();
  const node = h("header", { class: "page-head" }, back, tools.node, h("div", { class: "page-titles" }, title, simulated), asOf, source);
  return {
    node,
    title,
    update(words) {
      const t = catalogue(words.lang);
      setText(back, `← ${t.toRoom}`);
      setText(title, words.title);
      show(simulated, words.simulated);
      setAttr(node, "data-simulated", String(words.simulated));
      setText(simulated, t.simulated);
      setAttr(simulated, "title", t.simulatedHint);
      const isFirst = words.asOf === null;
      const asking = words.isAsking ? (isFirst ? t.pages.loading : t.pages.asking) : null;
      setText(asOf, [isFirst ? null : t.asOf(moment(words.lang, words.asOf)), asking].filter((one) => one !== null).join(" · "));
      show(source, words.source !== null);
      setText(source, words.source ?? "");
      tools.update(words.lang);
    },
  };
}
