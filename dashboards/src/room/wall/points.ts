/** Every point as a tile that stays where it is, by shape and colour; by name those that are in trouble. */
import { catalogue } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import type { SiteSummary } from "../../live/views.ts";
import { KeyedRows, h, setAttr, setText } from "../../ui/dom.ts";
import type { Row } from "../../ui/dom.ts";
import { Glyph } from "../../ui/shapes.ts";
import { shortName } from "../supervision/names.ts";
import { column } from "./column.ts";
import { arrived, isFresh, slots } from "./slots.ts";
import type { Arrivals } from "./slots.ts";
import type { Part } from "./state.ts";
import { inTrouble, inUnits } from "./tiles.ts";

/** Names that fit under the tiles. */
export const PLACES = 5;

interface Shown {
  readonly site: SiteSummary;
  readonly isFresh: boolean;
}

function tile(): Row<Shown> {
  const glyph = new Glyph("no_data");
  const node = h("li", { class: "glance-tile", attrs: { "data-testid": "glance-tile" } }, glyph.node);
  return {
    node,
    update({ site, isFresh: fresh }) {
      glyph.set(site.state);
      setAttr(node, "data-site", site.id);
      setAttr(node, "data-state", site.state);
      setAttr(node, "data-fresh", String(fresh));
    },
  };
}

function named(): Row<SiteSummary> {
  const glyph = new Glyph("over");
  const name = h("strong", { class: "glance-subject" });
  return {
    node: h("div", { class: "glance-named" }, glyph.node, name),
    update(site) {
      glyph.set(site.state);
      setText(name, shortName(site));
    },
  };
}

/** A tile's state is what may be new of it. */
const signOf = ({ id, state }: SiteSummary): string => `${id} ${state}`;

export function points(): Part {
  const tiles = h("ul", { class: "glance-tiles", attrs: { "aria-hidden": "true", "data-testid": "glance-tiles" } });
  const rows = new KeyedRows<Shown>(tiles, ({ site }) => site.id, tile);
  const list = column<SiteSummary>("glance-points", PLACES, named);
  list.node.querySelector(".glance-column-head")?.after(tiles);
  let arrivals: Arrivals | null = null;
  return {
    node: list.node,
    update({ lang, city, now }) {
      const t = catalogue(lang).wall;
      const sites = inUnits(city?.sites ?? []);
      if (city !== null) arrivals = arrived(arrivals, sites.map(signOf), now);
      rows.update(sites.map((site) => ({ site, isFresh: isFresh(arrivals, signOf(site), now) })));
      const filled = slots(inTrouble(sites), PLACES);
      const over = sites.filter(({ state }) => state === "over").length;
      list.update({
        title: t.points, note: city === null ? "" : t.pointsOver(count(lang, over)),
        none: city === null ? t.unknown : t.pointsCalm, more: t.more(count(lang, filled.more)),
      }, filled);
    },
  };
}
