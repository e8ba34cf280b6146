/** From the door to being served: travel and the wait that is expected there now, and who would be served sooner elsewhere. */
import { catalogue, wordFor } from "../../../i18n/index.ts";
import { count, moment } from "../../../i18n/format.ts";
import { marked } from "../../../guide/button.ts";
import { h, setText, show } from "../../../ui/dom.ts";
import { Changes } from "../../pages/changes.ts";
import { Table } from "../../pages/table.ts";
import type { Column } from "../../pages/table.ts";
import type { Actions, PageState, Part } from "../state.ts";
import type { QueuePoint } from "../view.ts";
import { minutesWords, nameOf } from "../words.ts";
import { figure } from "./change.ts";
import { standing } from "./standing.ts";

/** Points that are listed: the longest waits are what one looks for. */
const MOST = 30;

const columns = (state: PageState): Column<QueuePoint>[] => {
  const { lang } = state;
  const t = catalogue(lang).planner;
  return [
    { key: "name", title: t.point, cell: ({ id, basis }) => h("span", {}, nameOf(state, id), h("span", { class: "cell-note", text: wordFor(t.waitBasis, basis) })) },
    { key: "wait", title: t.wait, isNumber: true, cell: ({ wait, basis }) => (basis === "none" || wait === null ? h("span", { class: "is-unknown", text: t.waitUnknown }) : minutesWords(lang, wait)) },
    { key: "people", title: t.nearestPeople, isNumber: true, cell: ({ people }) => count(lang, people) },
  ];
};

export function queuePart(actions: Actions): Part {
  const title = h("h2");
  const stands = standing(actions);
  const [total, travel, wait] = [figure("queue-total"), figure("queue-travel"), figure("queue-wait")];
  const sums = h("ul", { class: "sums planner-sums" }, total.node, travel.node, wait.node);
  const elsewhere = h("p", { class: "planner-lead", attrs: { "data-testid": "queue-elsewhere" } });
  const unknown = h("p", { class: "quiet" });
  const asOf = h("p", { class: "quiet" });
  const onMap = h("button", { class: "plain", attrs: { type: "button", "data-testid": "queue-on-map" }, on: { click: () => { actions.go((view) => ({ ...view, layer: "served" })); } } });
  const table = new Table<QueuePoint>({ testid: "queue-points", isWindowed: false, key: ({ id }) => id, open: ({ id }) => { actions.choosePoint(id); } });
  const box = h("div", {}, sums, elsewhere, unknown, asOf, onMap, table.node);
  const node = h("section", { class: "planner-part", attrs: { tabindex: "0", "data-testid": "queue-part" } }, marked(title, "door_to_desk"), stands.above, box, stands.basis);
  const changes = new Changes();

  return {
    node,
    update(state) {
      const { lang, view, queue, points, places } = state;
      show(node, view.tab === "queue");
      if (view.tab !== "queue") return;
      const t = catalogue(lang).planner;
      setText(title, t.queueTitle);
      stands.update(state, queue, true);
      show(box, queue.value !== null);
      show(onMap, view.layer !== "served");
      setText(onMap, t.queueOnMap);
      if (queue.value === null || !changes.of(lang, queue.value, points, places)) return;
      const { summary, as_of } = queue.value;
      total.set(t.meanTotal, minutesWords(lang, summary.mean_total));
      travel.set(t.meanTravel, minutesWords(lang, summary.mean_travel));
      wait.set(t.meanWait, minutesWords(lang, summary.mean_wait));
      setText(elsewhere, t.elsewhere(count(lang, summary.elsewhere_people)));
      show(unknown, summary.unknown_people > 0);
      setText(unknown, t.waitUnknownPeople(count(lang, summary.unknown_people)));
      setText(asOf, catalogue(lang).asOf(moment(lang, as_of)));
      const known = [...queue.value.points].sort((a, b) => (b.basis === "none" ? -1 : (b.wait ?? -1)) - (a.basis === "none" ? -1 : (a.wait ?? -1)));
      table.update({ columns: columns(state), rows: known.slice(0, MOST), order: null, label: t.queuePoints, empty: t.queueNone });
    },
  };
}
