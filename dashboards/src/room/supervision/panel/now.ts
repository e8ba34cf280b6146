/** The four figures of a site that say how it is at this moment. */
import { catalogue } from "../../../i18n/index.ts";
import { count, minutes, span } from "../../../i18n/format.ts";
import { explained } from "../../../guide/button.ts";
import { h, setAttr, setText } from "../../../ui/dom.ts";
import type { FigureId } from "../../../guide/table.ts";
import type { Part } from "../state.ts";

interface Cell {
  readonly node: HTMLElement;
  fill(label: string, value: string, note: string): void;
}

function cell(testid: string, id: FigureId): Cell {
  const name = explained(id);
  const label = h("h3", { class: "now-label" }, name);
  const value = h("p", { class: "now-value", attrs: { "data-testid": testid } });
  const note = h("p", { class: "now-note quiet" });
  return {
    node: h("div", { class: "now-cell" }, label, value, note),
    fill(labelText, valueText, noteText) {
      setText(name, labelText);
      setText(value, valueText);
      setText(note, noteText);
    },
  };
}

export function panelNow(): Part {
  const waiting = cell("panel-waiting", "waiting");
  const longest = cell("panel-longest", "longest_wait");
  const counters = cell("panel-counters", "open_counters");
  const hour = cell("panel-hour-wait", "wait_hour");
  const node = h("div", { class: "now" }, waiting.node, longest.node, counters.node, hour.node);

  return {
    node,
    update(state) {
      const t = catalogue(state.lang);
      const site = state.open?.view?.summary ?? null;
      const { lang } = state;
      const queue = site?.queue ?? null;
      setAttr(node, "data-queue", queue?.source ?? "none");
      waiting.fill(t.waiting, count(lang, queue?.waiting), queue === null ? t.noData : queue.source === "board" ? t.fromBoard : "");
      longest.fill(t.longest, span(lang, queue?.longest_wait_s), "");
      counters.fill(t.openCounters, count(lang, site?.open_counters), site && site.open_counters === null ? t.noData : "");
      const wait = site?.hour.mean_wait_s ?? null;
      hour.fill(t.waitHour, minutes(lang, wait), wait === null ? t.noData : `${t.minutesNote} · ${t.sample(count(lang, site?.hour.started))}`);
    },
  };
}
