/** Tells new high alerts to those who hear the page; the focus stays where it is. */
import { catalogue } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h, setText } from "../../ui/dom.ts";
import { subjectOf, titleOf } from "./words.ts";
import type { Told } from "./words.ts";
import { highOf } from "./watch.ts";
import type { News } from "./watch.ts";

export function announcement(told: Told, news: News): string {
  const high = highOf(news);
  const t = catalogue(told.lang).desk;
  const [first] = high;
  if (first === undefined) return "";
  return high.length === 1 ? t.announced(titleOf(told, first), subjectOf(told, first)) : t.announcedMany(count(told.lang, high.length));
}

export interface Speaker {
  readonly node: HTMLElement;
  say(words: string): void;
}

export function speaker(): Speaker {
  const node = h("div", { class: "hidden-title", attrs: { role: "alert", "aria-live": "assertive", "data-testid": "announced" } });
  return { node, say: (words) => { if (words !== "") setText(node, words); } };
}
