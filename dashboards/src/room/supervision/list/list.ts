/** The list of points by what needs attention. One stop for the Tab key; arrows move inside it. */
import { catalogue } from "../../../i18n/index.ts";
import { count } from "../../../i18n/format.ts";
import type { SiteState, SiteSummary } from "../../../live/views.ts";
import { marked } from "../../../guide/button.ts";
import { KeyedRows, h, setAttr, setText, show } from "../../../ui/dom.ts";
import type { Actions, Part, RoomState } from "../state.ts";
import type { UnitNames } from "../map/static.ts";
import { stateFilters } from "./filters.ts";
import { arrange, foldedText, passes, rank } from "./order.ts";
import type { Ranks } from "./order.ts";
import { rowId, siteRow } from "./row.ts";
import type { SiteRow } from "./row.ts";

export interface ListPart extends Part {
  focusSearch(): void;
}

export function siteList(actions: Actions, unitNames: UnitNames): ListPart {
  let state: RoomState | null = null;
  let ranks: Ranks = new Map();
  let shown: readonly SiteSummary[] = [];
  let current: string | null = null;
  let foldedWith = -1;
  const folded = new Map<string, { name: string | null; text: string }>();

  const open = (id: string): void => {
    current = id;
    actions.openSite(id);
  };

  const title = h("h2", { class: "part-title" });
  const shownCount = h("span", { class: "quiet", attrs: { "data-testid": "shown-count" } });
  const search = h("input", {
    class: "search",
    attrs: { type: "search", autocomplete: "off", spellcheck: "false", "data-testid": "search" },
    on: { input: () => { if (state) actions.setFilter({ ...state.filter, text: search.value }); } },
  });
  const hint = h("kbd", { class: "search-key", text: "f", attrs: { "aria-hidden": "true" } });

  const toggle = (chosen: SiteState): void => {
    if (!state) return;
    const states = new Set(state.filter.states);
    if (!states.delete(chosen)) states.add(chosen);
    actions.setFilter({ ...state.filter, states });
  };
  const chips = stateFilters(toggle);

  const heads = { waiting: h("span"), hour: h("span"), counters: h("span") };
  const columns = h("div", { class: "columns quiet", attrs: { "aria-hidden": "true" } },
    h("span"), h("span"), heads.waiting, heads.hour, heads.counters);
  const box = h("ul", { class: "rows", attrs: { role: "listbox", tabindex: "0", "data-testid": "site-list" } });
  const empty = h("p", { class: "rows-empty quiet" });
  const node = h("section", { class: "list" },
    h("div", { class: "part-head" }, marked(title, "attention"), shownCount),
    h("div", { class: "search-box" }, search, hint), chips.node, columns, box, empty);

  const rows = new KeyedRows<SiteRow>(box, ({ site }) => site.id, (row) => siteRow(row, open));

  const textOf = (site: SiteSummary): string => {
    if (foldedWith !== unitNames.version) folded.clear();
    foldedWith = unitNames.version;
    const kept = folded.get(site.id);
    if (kept && kept.name === site.name) return kept.text;
    const text = foldedText(site, unitNames.of(site.unit));
    folded.set(site.id, { name: site.name, text });
    return text;
  };

  const draw = (): void => {
    if (!state?.city) return;
    const { lang, asOf, open: opened } = state;
    rows.update(shown.map((site) => ({
      site, lang, asOf, isOpen: site.id === opened?.id, isCurrent: site.id === current,
    })));
    setAttr(box, "aria-activedescendant", current !== null && rows.get(current) ? rowId(current) : null);
  };

  const move = (by: number): void => {
    if (shown.length === 0) return;
    const from = shown.findIndex((site) => site.id === current);
    const to = from < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, from + by));
    current = shown[to]?.id ?? null;
    draw();
    if (current !== null) rows.get(current)?.scrollIntoView({ block: "nearest" });
  };

  const STEPS: Partial<Record<string, number>> = {
    ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity,
  };
  const onKey = (event: KeyboardEvent): void => {
    const by = STEPS[event.key];
    // In the search field Home and End belong to the text.
    const inText = event.target === search && (event.key === "Home" || event.key === "End");
    if (by !== undefined && !inText) move(by);
    else if (event.key === "Enter" && current !== null) open(current);
    else return;
    event.preventDefault();
  };
  box.addEventListener("keydown", onKey);
  search.addEventListener("keydown", onKey);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || search.value === "" || !state) return;
    search.value = "";
    actions.setFilter({ ...state.filter, text: "" });
    event.stopPropagation();
  });

  return {
    node,
    focusSearch() {
      search.focus();
      search.select();
    },
    update(next) {
      const sameSites = state?.city?.sites === next.city?.sites && state?.filter === next.filter;
      state = next;
      const t = catalogue(next.lang);
      const sites = next.city?.sites ?? [];
      if (!sameSites) {
        ranks = rank(ranks, sites);
        shown = arrange(sites, ranks).filter((site) => passes(site, next.filter, textOf(site)));
      }
      setText(title, t.list);
      setText(shownCount, t.shown(count(next.lang, shown.length), count(next.lang, sites.length)));
      setAttr(search, "placeholder", t.search);
      setAttr(search, "aria-label", t.search);
      setAttr(hint, "title", t.searchHint);
      setText(heads.waiting, t.colWaiting);
      setText(heads.hour, t.colHour);
      setAttr(heads.hour, "title", t.colHourHint);
      setText(heads.counters, t.colCounters);
      setAttr(box, "aria-label", t.list);
      setAttr(box, "title", null);
      chips.update(next);
      show(empty, shown.length === 0);
      setText(empty, next.city ? t.noMatch : t.waitingForData);
      draw();
      if (!next.city) rows.update([]);
    },
  };
}
