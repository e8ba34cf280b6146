/** What is to be known before the charts are read: nothing chosen, how far the answers are, points that are not there. */
import { catalogue } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { dayOf } from "../pages/days.ts";
import { MOST_DAYS, daysIn, inForce } from "./state.ts";
import type { PageState, Part } from "./state.ts";

/** Codes that no point has: neither the register knows them nor anything came from them. Pure. */
export function unknownSites({ view, places, whole }: PageState): string[] {
  if (places.sites.length === 0 || whole.value === null) return [];
  const known = new Set([...places.sites.map(({ code }) => code), ...whole.value.rows.map(({ site }) => site)]);
  return view.sites.filter((site) => !known.has(site));
}

/** Pure. */
export function noteWords(state: PageState): { readonly told: string; readonly words: string } {
  const { lang, view, spans, asOf, whole } = state;
  const t = catalogue(lang).compare;
  const days = inForce(state);
  if (view.sites.length === 0) return { told: "pick", words: t.pick };
  if (days === null) return { told: "none", words: "" };
  const unknown = unknownSites(state);
  const words = [
    unknown.length === 0 ? "" : t.unknown(unknown.join(", ")),
    asOf !== null && days.from > dayOf(asOf) ? t.ahead : "",
    daysIn(days) > MOST_DAYS ? t.tooLong(count(lang, MOST_DAYS)) : spans.asking ? t.loading(count(lang, spans.known), count(lang, spans.wanted)) : "",
    asOf !== null && days.to >= dayOf(asOf) && days.from <= dayOf(asOf) ? t.running : (whole.value?.provisional ?? []).length > 0 ? t.provisional : "",
  ].filter((one) => one !== "");
  return { told: unknown.length > 0 ? "unknown" : words.length === 0 ? "none" : "some", words: words.join(" ") };
}

export function notes(): Part {
  const node = h("p", { class: "day-note", attrs: { role: "status", "data-testid": "compare-note" } });
  return {
    node,
    update(state) {
      const { told, words } = noteWords(state);
      show(node, words !== "");
      setText(node, words);
      setAttr(node, "data-told", told);
    },
  };
}
