/** Holds the chart of the open site: made when there is something to draw, remade for another site, language or set of colours. */
import { catalogue } from "../../../i18n/index.ts";
import type { Lang } from "../../../i18n/index.ts";
import { count, decimal, minutes } from "../../../i18n/format.ts";
import type { WaitsView } from "../../../live/views.ts";
import { followTheme } from "../../../theme/theme.ts";
import { h, setAttr, setText, show } from "../../../ui/dom.ts";
import type { Part, RoomState } from "../state.ts";
import { WaitsChart } from "./chart.ts";

const DEFAULT_LIMIT_S = 900;

export function panelWaits(): Part {
  let chart: WaitsChart | null = null;
  let made: { id: string; lang: Lang } | null = null;
  let drawn: WaitsView | null = null;
  let last: RoomState | null = null;
  const title = h("h3", { class: "section-title" });
  const note = h("span", { class: "section-note quiet" });
  const box = h("div", { class: "chart-box" });
  const empty = h("p", { class: "quiet" });
  const node = h("section", { class: "section" }, h("div", { class: "section-head" }, title, note), box, empty);
  new ResizeObserver(() => { chart?.resize(); }).observe(box);

  const drop = (): void => {
    chart?.destroy();
    chart?.node.remove();
    chart = null;
    made = null;
    drawn = null;
  };

  const update = (state: RoomState): void => {
    last = state;
    const t = catalogue(state.lang);
    const { lang, open } = state;
    const waits = open?.view?.waits ?? null;
    const any = waits !== null && [waits.mean_wait_s, waits.issued, waits.waiting].some((column) => column.some((v) => v !== null && v > 0));
    setText(title, t.waitsTitle);
    setText(empty, open?.view?.summary?.queue ? t.waitsEmpty : t.noData);
    show(empty, !any);
    show(box, any);
    if (!open || !any) {
      drop();
      setText(note, "");
      return;
    }
    if (made?.id !== open.id || made.lang !== lang) {
      drop();
      chart = new WaitsChart(lang);
      made = { id: open.id, lang };
      box.append(chart.node);
    }
    const limit = (state.city?.figures?.targets.wait_s ?? DEFAULT_LIMIT_S) / 60;
    setText(note, t.limitLine(decimal(lang, limit, 0)));
    if (drawn === waits || !chart) return;
    drawn = waits;
    chart.draw(waits, limit);
    const lastWait = waits.mean_wait_s.findLast((v) => v !== null) ?? null;
    const summary = t.chartSummary(minutes(lang, lastWait), count(lang, waits.waiting.at(-1)));
    setAttr(chart.node, "aria-label", summary);
  };
  // Its colours are drawn into it: it is made again in those that are in force now.
  followTheme(() => {
    drop();
    if (last !== null) update(last);
  });

  return { node, update };
}

