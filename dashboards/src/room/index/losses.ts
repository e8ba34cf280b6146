/** What costs points in an indicator, case by case: why, what wins it back, and the way to the dossier. */
import { catalogue } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { Table } from "../pages/table.ts";
import type { Column } from "../pages/table.ts";
import { caseColumns, pageOf } from "./cases.ts";
import { downloadLosses } from "./file.ts";
import { isCurable } from "./model.ts";
import { PER_PAGE, choosing, hashOfView, openRow, withIndicator } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { Loss } from "./view.ts";
import { whatIf } from "./whatif.ts";

function pager(actions: Actions): Part {
  const words = h("span");
  const step = (by: number): HTMLButtonElement => h("button", { class: "plain", attrs: { type: "button", "data-testid": by < 0 ? "previous" : "next" }, on: { click: () => {
    actions.go((view) => ({ ...view, page: view.page + by }));
  } } });
  const [previous, next] = [step(-1), step(1)];
  const node = h("nav", { class: "pager" }, previous, words, next);
  return {
    node,
    update({ lang, view, losses }) {
      const t = catalogue(lang).pages;
      const pages = Math.max(1, Math.ceil((losses.value?.total ?? 0) / PER_PAGE));
      show(node, pages > 1);
      setText(words, t.pageOf(count(lang, view.page), count(lang, pages)));
      setText(previous, t.previous);
      setText(next, t.next);
      previous.disabled = view.page <= 1;
      next.disabled = view.page >= pages;
    },
  };
}

export function losses(actions: Actions): Part {
  let now: PageState | null = null;
  let chosen: ReadonlySet<string> = new Set();
  let columns: Column<Loss>[] = [];
  let counts = "";
  const button = (testid: string, click: () => void): HTMLButtonElement =>
    h("button", { class: "plain", attrs: { type: "button", "data-testid": testid }, on: { click } });
  const choose = (cases: readonly string[], isChosen: boolean): void => { actions.go((view) => choosing(view, cases, isChosen), true); };
  const onPage = (): string[] => (now?.losses.value?.items ?? []).filter(isCurable).map((one) => one.case);

  const title = h("h2", { attrs: { tabindex: "-1", "data-testid": "losses-title" } });
  const total = h("span", { class: "quiet", attrs: { "data-testid": "losses-total" } });
  const chooseAll = button("choose-all", () => { choose(onPage(), true); });
  const chooseNone = button("choose-none", () => { choose([...chosen], false); });
  const file = button("csv", () => { if (now !== null) void downloadLosses(now, (words) => { setText(note, words); }); });
  const close = h("a", { class: "page-back" });
  const note = h("span", { class: "quiet", attrs: { role: "status" } });
  const empty = h("p", { class: "quiet", attrs: { role: "status" } });
  const table = new Table<Loss>({
    testid: "losses",
    isWindowed: false,
    key: (one) => `${one.case} ${one.loss}`,
    sign: (one) => String(chosen.has(one.case)),
    attrs: (one) => ({ "data-case": one.case, "data-loss": one.loss, "aria-selected": String(chosen.has(one.case)) }),
    open: (one) => {
      const page = pageOf(counts, one);
      if (page !== null) location.hash = page;
    },
    mark: (one) => { if (isCurable(one)) choose([one.case], !chosen.has(one.case)); },
  });
  const [result, turn] = [whatIf(), pager(actions)];
  const node = h("section", { class: "page-part", attrs: { "data-testid": "losses-part" } },
    h("div", { class: "part-line" }, title, total, close), result.node,
    h("div", { class: "part-line" }, chooseAll, chooseNone, file, note), empty, table.node, turn.node);
  const ofColumns = new Changes();
  return {
    node,
    update(state) {
      const { lang, view, names, losses: asked } = state;
      now = state;
      const indicator = openRow(state)?.indicators.find(({ code }) => code === view.indicator);
      const wasHidden = node.hidden;
      node.hidden = indicator === undefined;
      if (indicator === undefined) return;
      const t = catalogue(lang).index766;
      const items = asked.value?.items ?? [];
      chosen = new Set(view.chosen);
      counts = indicator.counts;
      const hasCures = items.some(isCurable);
      if (ofColumns.of(lang, names, counts, hasCures)) {
        columns = caseColumns(state, counts, hasCures, {
          isChosen: (one) => chosen.has(one.case),
          choose: (one, isChosen) => { choose([one.case], isChosen); },
        });
      }
      setText(title, t.losses(`${indicator.code} ${indicator[lang]}`));
      setText(total, asked.value === null ? "" : t.lossesCount(count(lang, asked.value.total)));
      setText(close, t.close);
      setAttr(close, "href", hashOfView(withIndicator(view, "")));
      for (const [one, words] of [[chooseAll, t.chooseAll], [chooseNone, t.chooseNone], [file, t.download]] as const) setText(one, words);
      show(chooseAll, hasCures);
      show(chooseNone, view.chosen.length > 0);
      show(file, items.length > 0);
      show(table.node, items.length > 0);
      const isElsewhere = indicator.counts === "elsewhere" || indicator.ratio === null;
      setText(empty, asked.value === null ? (asked.problem === null ? t.lossesLoading : "") : items.length > 0 ? "" : isElsewhere ? t.elsewhere : t.noLosses);
      table.update({ columns, rows: items, order: null, label: t.losses(indicator.code), empty: "" });
      result.update(state);
      turn.update(state);
      if (wasHidden) {
        node.scrollIntoView({ block: "start" });
        title.focus({ preventScroll: true });
      }
    },
  };
}
