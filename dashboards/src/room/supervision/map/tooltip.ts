/** What the pointer is on: a site in words with how sure its place is, or a cell of the coverage layer. */
import { catalogue, wordFor } from "../../../i18n/index.ts";
import { count, decimal, secondsBetween, span } from "../../../i18n/format.ts";
import type { SiteSummary } from "../../../live/views.ts";
import { h, setText, show } from "../../../ui/dom.ts";
import { Glyph } from "../../../ui/shapes.ts";
import { allReasons, kindWord } from "../names.ts";
import type { RoomState } from "../state.ts";
import type { CellProperties } from "./coverage.ts";
import type { UnitNames } from "./static.ts";
import type { Hovered } from "./view.ts";

export function tooltip(unitNames: UnitNames): { node: HTMLElement; draw(state: RoomState, hovered: Hovered | null): void } {
  const glyph = new Glyph("ok");
  const name = h("strong");
  const line1 = h("p");
  const line2 = h("p");
  const line3 = h("p", { class: "quiet" });
  const node = h("div", { class: "tooltip", attrs: { role: "tooltip" } }, h("p", { class: "tooltip-name" }, glyph.node, name), line1, line2, line3);
  show(node, false);

  const drawSite = (state: RoomState, site: SiteSummary): void => {
    const t = catalogue(state.lang);
    glyph.set(site.state);
    setText(name, site.name ?? site.id);
    const reasons = allReasons(state.lang, site, state.asOf);
    setText(line1, reasons === "" ? t.states[site.state] : `${t.states[site.state]}: ${reasons}`);
    const waiting = site.queue === null ? t.queueUnknown : `${t.waiting.toLowerCase()}: ${count(state.lang, site.queue.waiting)}`;
    const silence = secondsBetween(site.last_event_at, state.asOf);
    setText(line2, `${waiting} · ${t.lastEvent.toLowerCase()}: ${silence === null ? t.never : t.ago(span(state.lang, silence))}`);
    const place = site.coord_class === null ? "" : wordFor(t.coordClasses, site.coord_class);
    setText(line3, [kindWord(state.lang, site), place].filter((part) => part !== "").join(" · "));
  };

  const drawCell = (state: RoomState, cell: CellProperties): void => {
    const t = catalogue(state.lang);
    setText(name, unitNames.of(cell.unit));
    setText(line1, `${decimal(state.lang, cell.minutes)} ${t.unitMinutes} · ${decimal(state.lang, cell.km)} km`);
    setText(line2, `${t.people(count(state.lang, cell.population))} · ${cell.covered ? t.covered : t.notCovered}`);
    setText(line3, cell.approximate ? t.approximate : "");
  };

  return {
    node,
    draw(state, hovered) {
      const site = hovered?.layer === "sites" ? state.city?.sites.find(({ id }) => id === hovered.properties["id"]) : undefined;
      const known = hovered !== null && (hovered.layer === "cells" || site !== undefined);
      show(node, known);
      if (!hovered || !known) return;
      if (site) drawSite(state, site);
      else drawCell(state, hovered.properties as unknown as CellProperties);
      glyph.node.classList.toggle("glyph-none", !site);
      // Kept inside the map: on the far side of the pointer when the near one has no room.
      const box = node.parentElement?.getBoundingClientRect();
      const { width, height } = node.getBoundingClientRect();
      const x = box && hovered.x + 16 + width > box.width ? hovered.x - width - 12 : hovered.x + 16;
      const y = box && hovered.y + 12 + height > box.height ? hovered.y - height - 8 : hovered.y + 12;
      node.style.transform = `translate(${Math.max(4, Math.round(x))}px, ${Math.max(4, Math.round(y))}px)`;
    },
  };
}

