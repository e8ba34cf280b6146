/** The chips that filter by state; with their marks and counts they are the key to the list and the map too. */
import { catalogue } from "../../../i18n/index.ts";
import { count } from "../../../i18n/format.ts";
import { SITE_STATES } from "../../../live/views.ts";
import type { SiteState } from "../../../live/views.ts";
import { h, setAttr, setText } from "../../../ui/dom.ts";
import { Glyph } from "../../../ui/shapes.ts";
import type { Part } from "../state.ts";

export function stateFilters(toggle: (state: SiteState) => void): Part {
  const chips = SITE_STATES.map((state) => {
    const word = h("span", { class: "chip-word" });
    const number = h("span", { class: "chip-count" });
    const node = h("button", {
      class: "chip",
      attrs: { type: "button", "data-testid": "state-filter", "data-state": state },
      on: { click: () => { toggle(state); } },
    }, new Glyph(state).node, word, number);
    return { state, word, number, node };
  });
  const node = h("div", { class: "chips", attrs: { role: "group" } }, ...chips.map((chip) => chip.node));

  return {
    node,
    update(room) {
      const t = catalogue(room.lang);
      setAttr(node, "aria-label", t.filterStates);
      const sites = room.city?.sites ?? [];
      for (const chip of chips) {
        setText(chip.word, t.states[chip.state]);
        setText(chip.number, count(room.lang, sites.filter((site) => site.state === chip.state).length));
        setAttr(chip.node, "aria-pressed", String(room.filter.states.has(chip.state)));
      }
    },
  };
}
