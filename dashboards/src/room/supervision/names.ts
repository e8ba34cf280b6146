/** Words for a site: the short form of its name, and the reasons for its state. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count, minutes, secondsBetween, span } from "../../i18n/format.ts";
import type { ReasonFigures } from "../../i18n/vi.ts";
import type { Reason, SiteSummary } from "../../live/views.ts";

// What every point's official name begins with; in a list of points it only pushes the telling part out of view.
const COMMON_OPENINGS = [
  "Điểm phục vụ hành chính công ",
  "Điểm tiếp nhận hành chính công ",
  "Điểm tiếp nhận chi nhánh – ",
  "Điểm tiếp nhận ",
];

export function shortName(site: { readonly id: string; readonly name: string | null }): string {
  if (site.name === null) return site.id;
  const opening = COMMON_OPENINGS.find((text) => site.name?.startsWith(text));
  return opening === undefined ? site.name : site.name.slice(opening.length);
}

export function reasonWords(lang: Lang, site: SiteSummary, asOf: string | null, reason: Reason): string {
  const figures: ReasonFigures = {
    hourWait: minutes(lang, site.hour.mean_wait_s),
    longest: span(lang, site.queue?.longest_wait_s),
    waiting: count(lang, site.queue?.waiting),
    counters: count(lang, site.open_counters),
    silentFor: span(lang, secondsBetween(site.last_event_at, asOf)),
    overdue: count(lang, site.dossiers.overdue),
  };
  const words: Partial<Record<string, (figures: ReasonFigures) => string>> = catalogue(lang).reasons;
  // A newer server may know reasons that this page does not.
  return words[reason]?.(figures) ?? reason;
}

export const allReasons = (lang: Lang, site: SiteSummary, asOf: string | null): string =>
  site.reasons.map((reason) => reasonWords(lang, site, asOf, reason)).join(" · ");

export function kindWord(lang: Lang, site: SiteSummary): string {
  const t = catalogue(lang);
  if (!site.registered) return t.unregistered;
  return site.kind === null ? "" : wordFor(t.kinds, site.kind);
}
