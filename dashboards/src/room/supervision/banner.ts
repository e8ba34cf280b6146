/** Says that the figures have stopped, since when, and when the next try comes. */
import { catalogue } from "../../i18n/index.ts";
import { clockTime, moment, span } from "../../i18n/format.ts";
import { lastSeen } from "../../live/seen.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { viewAgeSeconds } from "./state.ts";
import type { Part, RoomState } from "./state.ts";

/** Nothing has come since the page was opened: no figure of before is kept, only when there last were some. */
function neverWords({ lang, now }: RoomState): string {
  const t = catalogue(lang);
  const at = lastSeen(now);
  return at === null ? t.lostNever : t.lostKept(moment(lang, at), span(lang, (now - at) / 1000));
}

export function banner(): Part {
  const words = h("span", {});
  const retry = h("span", { class: "banner-retry" });
  const node = h("div", { class: "banner", attrs: { "data-testid": "lost-banner" } }, words, retry);
  node.hidden = true;

  return {
    node,
    update(state) {
      const t = catalogue(state.lang);
      const lost = state.link.phase === "reconnecting";
      show(node, lost);
      if (!lost) return;
      const age = viewAgeSeconds(state);
      const isUnanswered = state.link.isUnanswered === true;
      setText(words, isUnanswered ? t.lostUnanswered(age === null ? null : span(state.lang, age)) : age === null ? neverWords(state) : t.lostBanner(clockTime(state.lang, state.asOf), span(state.lang, age)));
      const { retryAt } = state.link;
      const wait = retryAt === null ? 0 : Math.ceil((retryAt - state.now) / 1000);
      setText(retry, wait > 0 ? t.retryIn(span(state.lang, wait)) : t.retrying);
    },
  };
}
