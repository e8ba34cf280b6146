/** One row of the list of points. */
import { catalogue } from "../../../i18n/index.ts";
import type { Lang } from "../../../i18n/index.ts";
import { NONE, count, minutes } from "../../../i18n/format.ts";
import type { SiteSummary } from "../../../live/views.ts";
import { h, setAttr, setText } from "../../../ui/dom.ts";
import type { Row } from "../../../ui/dom.ts";
import { Glyph } from "../../../ui/shapes.ts";
import { allReasons, kindWord, shortName } from "../names.ts";

export interface SiteRow {
  readonly site: SiteSummary;
  readonly lang: Lang;
  readonly asOf: string | null;
  readonly isOpen: boolean;
  readonly isCurrent: boolean;
}

export const rowId = (site: string): string => `row-${encodeURIComponent(site)}`;

export function siteRow(first: SiteRow, open: (id: string) => void): Row<SiteRow> {
  const { id, state } = first.site;
  const glyph = new Glyph(state);
  const name = h("span", { class: "row-name" });
  const kind = h("span", { class: "row-kind" });
  const stateWord = h("span", { class: "hidden-title" });
  const why = h("span", { class: "row-why" });
  const waiting = h("span", { class: "row-number row-waiting" });
  const hour = h("span", { class: "row-number" });
  const counters = h("span", { class: "row-number quiet" });
  const node = h("li", {
    class: "row",
    attrs: { role: "option", id: rowId(id), "data-testid": "site-row", "data-site": id },
    on: { click: () => { open(id); } },
  }, glyph.node, h("span", { class: "row-words" }, h("span", { class: "row-title" }, name, kind), stateWord, why), waiting, hour, counters);

  return {
    node,
    update({ site, lang, asOf, isOpen, isCurrent }) {
      const t = catalogue(lang);
      glyph.set(site.state);
      setAttr(node, "data-state", site.state);
      setAttr(node, "data-waiting", site.queue === null ? "" : String(site.queue.waiting));
      setAttr(node, "data-attention", String(site.attention));
      setAttr(node, "aria-selected", String(isOpen));
      node.classList.toggle("is-current", isCurrent);
      setText(name, shortName(site));
      setAttr(name, "title", site.name ?? site.id);
      // Said only where it tells something: not for the usual kind, nor where the name begins with it.
      const word = site.registered && site.kind === "point" ? "" : kindWord(lang, site);
      setText(kind, site.name?.startsWith(word) ? "" : word);
      // The mark says the state to the eye; the word is for those who hear the row.
      setText(stateWord, t.states[site.state]);
      setText(why, allReasons(lang, site, asOf) || t.states[site.state]);
      setAttr(why, "title", why.textContent);
      setText(waiting, site.queue === null ? NONE : count(lang, site.queue.waiting));
      waiting.classList.toggle("is-coarse", site.queue?.source === "board");
      setAttr(waiting, "title", site.queue?.source === "board" ? t.fromBoard : null);
      setText(hour, minutes(lang, site.hour.mean_wait_s));
      setText(counters, count(lang, site.open_counters));
    },
  };
}
