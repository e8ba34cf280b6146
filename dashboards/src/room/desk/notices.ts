/** What must be known before any list is trusted: a lost line, conditions that are no longer looked at, a flood, receivers that fail. */
import { catalogue } from "../../i18n/index.ts";
import { clockTime, count, span } from "../../i18n/format.ts";
import { h, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import type { PageState, Part } from "./state.ts";
import { evaluation, shortTime } from "./words.ts";

interface Notice {
  readonly kind: string;
  readonly words: string;
}

function notices({ lang, link, alerts, asOf, movedAt, now }: PageState): Notice[] {
  const { desk: t, lostBanner, lostNever, retryIn, retrying } = catalogue(lang);
  const all: Notice[] = [];
  if (link.phase === "reconnecting") {
    const wait = link.retryAt === null ? 0 : Math.ceil((link.retryAt - now) / 1000);
    const lost = movedAt === null ? lostNever : lostBanner(clockTime(lang, asOf), span(lang, Math.max(0, (now - movedAt) / 1000)));
    all.push({ kind: "lost", words: `${lost} ${wait > 0 ? retryIn(span(lang, wait)) : retrying}` });
  }
  const desk = alerts?.desk ?? null;
  if (desk === null) return all;
  const { words, isLate } = evaluation(lang, desk, asOf);
  if (isLate) all.push({ kind: "late", words });
  if (desk.flood) all.push({ kind: "flood", words: t.flood(count(lang, desk.raised_hour)) });
  for (const { name, failing_since: since, waiting } of desk.receivers) {
    if (since !== null) all.push({ kind: "receiver", words: t.receiverFails(name, shortTime(lang, since, asOf), count(lang, waiting)) });
  }
  return all;
}

export function noticesPart(): Part {
  const node = h("ul", { class: "notices", attrs: { "data-testid": "notices" } });
  const changes = new Changes();
  return {
    node,
    update(state) {
      const all = notices(state);
      show(node, all.length > 0);
      if (changes.of(all.map(({ words }) => words).join("\n"))) node.replaceChildren(...all.map(({ kind, words }) => h("li", { text: words, attrs: { "data-kind": kind } })));
    },
  };
}
