/** A site's panel: everything its own topic carries, while it is open. */
import { catalogue } from "../../../i18n/index.ts";
import { h, setAttr, setText, show } from "../../../ui/dom.ts";
import type { UnitNames } from "../map/static.ts";
import type { Actions, Part } from "../state.ts";
import { panelAlerts } from "./alerts.ts";
import { panelForecast } from "./forecast.ts";
import { panelHead } from "./head.ts";
import { panelNow } from "./now.ts";
import { panelRest, panelTables } from "./tables.ts";
import { panelWaits } from "./waits.ts";

export function panel(actions: Actions, unitNames: UnitNames): Part {
  let shownId: string | null = null;
  const head = panelHead(actions, unitNames);
  const waits = panelWaits();
  const parts: readonly Part[] = [panelNow(), panelAlerts(), panelForecast(), waits, ...panelTables(), panelRest()];
  const note = h("p", { class: "panel-note" });
  const body = h("div", { class: "panel-body", attrs: { tabindex: "0" } }, ...parts.map((part) => part.node));
  const node = h("aside", { class: "panel", attrs: { "data-testid": "site-panel" } }, head.node, note, body);
  node.hidden = true;

  return {
    node,
    update(state) {
      const { open } = state;
      show(node, open !== null);
      if (!open) {
        // The chart lets go of its canvas.
        waits.update(state);
        shownId = null;
        return;
      }
      const t = catalogue(state.lang);
      setAttr(node, "data-site", open.id);
      setAttr(node, "data-state", open.view?.summary?.state ?? null);
      setAttr(node, "aria-label", t.panel);
      head.update(state);
      const summary = open.view?.summary ?? null;
      setText(note, open.refused ? t.siteUnknown : t.siteLoading);
      show(note, summary === null);
      show(body, summary !== null);
      if (summary !== null) for (const part of parts) part.update(state);
      if (open.id !== shownId) {
        shownId = open.id;
        // Where the panel covers the page, the reader must be taken along.
        if (matchMedia("(max-width: 1100px)").matches) node.querySelector<HTMLElement>(".panel-name")?.focus();
        node.scrollTop = 0;
        body.scrollTop = 0;
      }
    },
  };
}
