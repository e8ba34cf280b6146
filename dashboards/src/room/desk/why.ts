/** Why the open case stands, in words and figures, and what is to be done by whom. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import type { Case, CaseReason } from "../../live/views.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { chosen } from "./state.ts";
import type { PageState, Part } from "./state.ts";
import { figureWords, mainReason, ruleResponse, ruleTitle, sampleWords, sinceWords } from "./words.ts";

function reasonLine({ lang, places, rules, asOf }: PageState, reason: CaseReason): HTMLElement {
  return h("li", { attrs: { "data-over": String(reason.until === null) } },
    h("strong", { text: ruleTitle({ lang, places, rules }, reason.rule) }),
    h("span", { text: [figureWords(lang, reason), sampleWords(lang, reason)].filter((text) => text !== "").join(" · ") }),
    h("span", { class: "quiet", text: sinceWords(lang, reason, asOf) }));
}

/** What the rule says is to be done; the server's answer says it too, for rules that are no longer in force. */
function response({ lang, places, rules, detail: { value } }: PageState, one: Case): string {
  const answered = value?.case.id === one.id ? value.response : null;
  return answered?.[lang] ?? ruleResponse({ lang, places, rules }, one.rule);
}

export function why(): Part {
  const corrected = h("p", { class: "case-corrected" });
  const figure = h("p", { class: "case-main-figure", attrs: { "data-testid": "case-figure" } });
  const facts = h("p", { class: "quiet", attrs: { "data-testid": "case-since" } });
  const doTitle = h("h3", {});
  const todo = h("p", { class: "case-todo", attrs: { "data-testid": "case-response" } });
  const actor = h("p", { class: "quiet" });
  const doing = h("section", { class: "case-part is-todo" }, doTitle, todo, actor);
  const othersTitle = h("h3", {});
  const others = h("ul", { class: "case-reasons" });
  const othersPart = h("section", { class: "case-part" }, othersTitle, others);
  const node = h("div", {}, h("section", { class: "case-part", attrs: { "data-testid": "case-why" } }, corrected, figure, facts), doing, othersPart);
  return {
    node,
    update(state) {
      const one = chosen(state);
      show(node, one !== null);
      if (one === null) return;
      const { lang, asOf } = state;
      const t = catalogue(lang).desk;
      const main = mainReason(one);
      const isCorrected = one.corrected !== null && one.corrected !== false;
      show(corrected, isCorrected);
      setText(corrected, typeof one.corrected === "string" ? `${t.correctedWhy} ${one.corrected}` : t.correctedWhy);
      setText(figure, main === null ? t.noFigure : figureWords(lang, main));
      setText(facts, main === null ? "" : [sampleWords(lang, main), sinceWords(lang, main, asOf)].filter((text) => text !== "").join(" · "));
      setText(doTitle, t.response);
      const words = response(state, one);
      setText(todo, words);
      show(todo, words !== "");
      setText(actor, t.actor(wordFor(t.owners, one.owner)));
      const rest = one.reasons.filter((reason) => reason !== main);
      show(othersPart, rest.length > 0);
      setText(othersTitle, t.otherReasons);
      others.replaceChildren(...rest.map((reason) => reasonLine(state, reason)));
    },
  };
}
