/** What has been said and done: explanations, urgings with their answers, the history, and earlier cases of the subject. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import type { Case, Explanation, Urge } from "../../live/views.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { markOf } from "./mark.ts";
import { chosen, hashOfCase } from "./state.ts";
import type { PageState, Part } from "./state.ts";
import type { Past } from "./view.ts";
import { ageWords, shortTime, titleOf } from "./words.ts";

interface Section {
  readonly node: HTMLElement;
  update(title: string, rows: readonly HTMLElement[], empty?: string): void;
}

function section(testid: string): Section {
  const [title, rows, none] = [h("h3", {}), h("ol", { class: "past" }), h("p", { class: "quiet" })];
  const node = h("section", { class: "case-part", attrs: { "data-testid": testid } }, title, rows, none);
  return {
    node,
    update(words, all, empty = "") {
      setText(title, words);
      setText(none, empty);
      show(none, all.length === 0 && empty !== "");
      show(node, all.length > 0 || empty !== "");
      rows.replaceChildren(...all);
    },
  };
}

const line = (time: string, by: string, words: string, more: HTMLElement | null = null): HTMLElement =>
  h("li", {}, h("time", { text: time }), h("span", { class: "past-by", text: by }), h("span", { class: "past-words" }, words, more));

function urged({ lang, places, asOf }: PageState, { at, by, agency, text, answer }: Urge): HTMLElement {
  const t = catalogue(lang).desk;
  const said = answer === null
    ? h("span", { class: "past-answer is-open", text: t.unanswered })
    : h("span", { class: "past-answer", text: t.answered(shortTime(lang, answer.at, asOf), answer.by, answer.text) });
  return line(shortTime(lang, at, asOf), by, `${t.urgedTo(places.names.agency(lang, agency))}: ${text}`, said);
}

function happened({ lang, asOf }: PageState, { at, what, by, text }: Past): HTMLElement {
  const t = catalogue(lang).desk;
  return line(shortTime(lang, at, asOf), by ?? t.bySystem, [wordFor(t.whats, what), text].filter((one) => one !== null && one !== "").join(": "));
}

function before({ lang, places, rules, asOf }: PageState, one: Case): HTMLElement {
  const t = catalogue(lang).desk;
  return h("li", { class: "past-case" }, h("time", { text: shortTime(lang, one.raised_at, asOf) }), markOf(one),
    h("a", { text: titleOf({ lang, places, rules }, one), attrs: { href: hashOfCase(one.id) } }),
    h("span", { class: "quiet", text: t.lasted(ageWords(lang, one, asOf)) }));
}

export function past(): Part {
  const [explanations, urges, history, earlier] = [section("explanations"), section("urges"), section("history"), section("earlier")];
  const node = h("div", {}, explanations.node, urges.node, history.node, earlier.node);
  const [ofSaid, ofPast] = [new Changes(), new Changes()];
  return {
    node,
    update(state) {
      const one = chosen(state);
      show(node, one !== null);
      if (one === null) return;
      const { lang, places, rules, asOf, detail: { value } } = state;
      const t = catalogue(lang).desk;
      const today = asOf?.slice(0, 10);
      if (ofSaid.of(lang, places, one.explanations, one.urges, today)) {
        const said = ({ at, by, text }: Explanation): HTMLElement => line(shortTime(lang, at, asOf), by, text);
        explanations.update(t.explanations, one.explanations.map(said));
        urges.update(t.urges, one.urges.map((each) => urged(state, each)));
      }
      const answer = value?.case.id === one.id ? value : null;
      if (!ofPast.of(lang, places, rules, answer, today)) return;
      // The last first: what came of it is sought more often than how it began.
      history.update(t.history, (answer?.history ?? []).toReversed().map((each) => happened(state, each)));
      earlier.update(t.earlier, (answer?.earlier ?? []).map((each) => before(state, each)), answer === null ? "" : t.earlierNone);
    },
  };
}
