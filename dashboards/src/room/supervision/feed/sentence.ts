/** An event as a sentence in the reader's language. */
import { catalogue, wordFor } from "../../../i18n/index.ts";
import type { Lang } from "../../../i18n/index.ts";
import type { EventNames } from "../../../i18n/vi.ts";
import type { FeedDetail, FeedEntry } from "../../../live/views.ts";

/** The longest a dossier's code may be in a line of the feed; its tail is what tells codes apart. */
const CODE_SHOWN = 12;

function shortened(detail: FeedDetail): FeedDetail {
  const { dossier } = detail;
  return dossier === undefined || dossier.length <= CODE_SHOWN ? detail : { ...detail, dossier: `…${dossier.slice(1 - CODE_SHOWN)}` };
}

export function sentence(lang: Lang, entry: FeedEntry): string {
  const t = catalogue(lang);
  const detail = shortened(entry.detail);
  const names: EventNames = {
    service: detail.service === undefined ? "" : wordFor(t.serviceNames, detail.service),
    agency: detail.agency === undefined ? "" : wordFor(t.agencies, detail.agency),
  };
  const sentences: Partial<Record<string, (detail: FeedDetail, names: EventNames) => string>> = t.events;
  // `hasOwn`, since a type comes from outside and may be called anything.
  const say = Object.hasOwn(sentences, entry.type) ? sentences[entry.type] : undefined;
  return say?.(detail, names) ?? t.eventOther(entry.type);
}
