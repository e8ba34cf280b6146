/** The process as it ran: the graph of its most frequent arrows, and the same and more as tables. */
import { catalogue } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { chartFiles } from "../charts/files.ts";
import { Changes } from "../pages/changes.ts";
import type { Column } from "../pages/table.ts";
import { arrowColumns, arrows, rework, variants } from "./courses.ts";
import { graph } from "./graph.ts";
import { mostFrequent } from "./model.ts";
import type { Actions, Part } from "./part.ts";
import { takenOf } from "./taken.ts";
import type { Edge } from "./view.ts";

export function process(actions: Actions): Part {
  const title = h("h2");
  const total = h("span", { class: "quiet", attrs: { "data-testid": "process-total" } });
  const hint = h("p", { class: "quiet" });
  const shareName = h("span", { class: "tool-name" });
  const shareWords = h("span", { class: "quiet", attrs: { "data-testid": "share-words" } });
  const slider = h("input", { attrs: { type: "range", min: "5", max: "100", step: "5", "data-testid": "share" }, on: { input: () => {
    const share = Number(slider.value);
    actions.go((view) => ({ ...view, share }), true);
  } } });
  // It scrolls sideways: with the keyboard too.
  const drawing = h("div", { class: "flow-box-scroll", attrs: { tabindex: "0", role: "group", "data-testid": "graph" } });
  const files = chartFiles("graph", () => drawing.querySelector("svg"));
  const edgesTitle = h("summary");
  const edgesTable = arrows();
  const edgesList = h("details", { class: "sub-part", attrs: { "data-testid": "edges-part" } }, edgesTitle, edgesTable.node);
  const [courses, again] = [variants(), rework()];
  const slide = h("label", { class: "tool" }, shareName, slider, shareWords);
  const body = h("div", {}, h("div", { class: "chart-head" }, slide, files.node), drawing, edgesList, h("div", { class: "process-tables" }, courses.node, again.node));
  const empty = h("p", { class: "quiet" });
  const node = h("section", { class: "page-part", attrs: { "data-testid": "process-part" } }, h("div", { class: "part-line" }, title, total), hint, empty, body);
  const [ofGraph, ofLang] = [new Changes(), new Changes()];
  let shown: readonly Edge[] = [];
  let columns: Column<Edge>[] = [];
  return {
    node,
    update(state) {
      const { lang, view, process: asked } = state;
      node.hidden = asked.value === null;
      if (asked.value === null) return;
      const t = catalogue(lang).agencyPage;
      const { graph: found } = asked.value;
      setAttr(node, "data-asking", String(asked.asking));
      setText(title, t.process);
      setText(total, t.processCount(count(lang, found.dossiers), count(lang, found.courses)));
      setText(hint, t.processHint);
      show(body, found.edges.length > 0);
      show(empty, found.edges.length === 0);
      setText(empty, t.noProcess);
      if (found.edges.length === 0) return;
      if (ofLang.of(lang)) columns = arrowColumns(lang);
      if (ofGraph.of(lang, found, view.share)) {
        shown = mostFrequent(found.edges, view.share);
        files.update(lang, takenOf(state, t.process, shown));
        drawing.replaceChildren(graph(lang, shown, new Map(found.activities.map((one) => [one.activity, one.count]))));
      }
      setText(shareName, t.share);
      if (document.activeElement !== slider) slider.value = String(view.share);
      const words = t.shareOf(count(lang, shown.length), count(lang, found.edges.length));
      setText(shareWords, words);
      setAttr(slider, "aria-valuetext", words);
      setAttr(drawing, "aria-label", t.process);
      setText(edgesTitle, t.edgesTable);
      edgesTable.update({ columns, rows: shown, order: null, label: t.edgesTable, empty: "" });
      courses.update(lang, found);
      again.update(lang, found);
    },
  };
}
