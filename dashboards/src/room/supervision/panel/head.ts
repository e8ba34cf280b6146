/** The head of a site's panel: which point, in what state and why, and how sure its place is. */
import { catalogue, wordFor } from "../../../i18n/index.ts";
import { decimal, secondsBetween, span } from "../../../i18n/format.ts";
import { whatIs } from "../../../guide/button.ts";
import { h, setAttr, setText, show } from "../../../ui/dom.ts";
import { hashOfCompare } from "../../compare/state.ts";
import { hashOfDay } from "../../day/state.ts";
import { Glyph } from "../../../ui/shapes.ts";
import type { UnitNames } from "../map/static.ts";
import { allReasons, kindWord, shortName } from "../names.ts";
import type { Actions, Part } from "../state.ts";

export function panelHead(actions: Actions, unitNames: UnitNames): Part {
  const glyph = new Glyph("no_data");
  const name = h("h2", { class: "panel-name", attrs: { tabindex: "-1", "data-testid": "panel-name" } });
  const close = h("button", {
    class: "close",
    attrs: { type: "button", "data-testid": "panel-close" },
    on: { click: () => { actions.openSite(null); } },
  }, h("span", { text: "×", attrs: { "aria-hidden": "true" } }));
  const why = h("p", { class: "panel-why", attrs: { "data-testid": "panel-state" } });
  const facts = h("p", { class: "quiet" });
  const place = h("p", { class: "quiet panel-place" });
  const [day, compare] = ["to-day", "to-compare"].map((testid) => h("a", { class: "page-back", attrs: { "data-testid": testid } })) as [HTMLAnchorElement, HTMLAnchorElement];
  const ways = h("p", { class: "panel-ways" }, day, compare);
  const node = h("div", { class: "panel-head" },
    h("div", { class: "panel-title" }, glyph.node, name, close), h("div", { class: "marked" }, why, whatIs("site_state")), facts, place, ways);

  return {
    node,
    update(state) {
      const t = catalogue(state.lang);
      setAttr(close, "aria-label", t.close);
      setAttr(close, "title", `${t.close} (Esc)`);
      const summary = state.open?.view?.summary ?? null;
      show(glyph.node as unknown as HTMLElement, summary !== null);
      setText(name, summary ? shortName(summary) : (state.open?.id ?? ""));
      show(why, summary !== null);
      show(ways, summary !== null);
      if (!summary) {
        for (const line of [facts, place]) setText(line, "");
        return;
      }
      glyph.set(summary.state);
      setAttr(name, "title", summary.name);
      setAttr(why, "data-state", summary.state);
      setText(day, t.day.ofPanel);
      setAttr(day, "href", hashOfDay(summary.id));
      setText(compare, t.day.toCompare);
      setAttr(compare, "href", hashOfCompare([summary.id]));
      const reasons = allReasons(state.lang, summary, state.open?.asOf ?? null);
      setText(why, reasons === "" ? t.states[summary.state] : `${t.states[summary.state]}: ${reasons}`);
      const unit = unitNames.of(summary.unit);
      const silence = secondsBetween(summary.last_event_at, state.open?.asOf ?? null);
      const last = `${t.lastEvent.toLowerCase()} ${silence === null ? t.never : t.ago(span(state.lang, silence))}`;
      // A point is named after its unit; the unit is said only where the name does not say it.
      const unitPart = summary.name?.includes(unit) ? "" : unit;
      setText(facts, [kindWord(state.lang, summary), unitPart, `${t.code} ${summary.id}`, last].filter((part) => part !== "").join(" · "));
      const at = summary.lon === null || summary.lat === null ? t.noPlace : `${decimal("en", summary.lat, 4)}, ${decimal("en", summary.lon, 4)}`;
      setText(place, summary.coord_class === null ? at : `${wordFor(t.coordClasses, summary.coord_class)} · ${at}`);
      setAttr(place, "data-class", summary.coord_class);
    },
  };
}
