/** The indicators: what each counts, what it gives and loses, and where its figure comes from. A row opens its losses. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count, percent } from "../../i18n/format.ts";
import { h, setText } from "../../ui/dom.ts";
import { Table } from "../pages/table.ts";
import type { Column } from "../pages/table.ts";
import { points, worth } from "./model.ts";
import { hashOfView, openRow, withIndicator } from "./state.ts";
import type { Actions, Part, View } from "./state.ts";
import type { Indicator } from "./view.ts";

function columns(lang: Lang, view: View): Column<Indicator>[] {
  const t = catalogue(lang).index766;
  const name = (one: Indicator): Node => h("div", {},
    h("a", { text: one[lang], attrs: { href: hashOfView(withIndicator(view, one.code)), tabindex: "-1" } }),
    one.cap === null ? null : h("span", { class: "cell-note", text: t.cap(percent(lang, one.cap, 0)) }));
  // Without a figure there is no point to give: it is said, and no number stands for it.
  const got = (one: Indicator): Node => one.points === null
    ? h("span", { class: "is-unknown", text: t.unknown })
    : h("span", { text: t.pointsOf(points(lang, one.points), points(lang, one.max)) });
  return [
    { key: "code", title: t.code, cell: (one) => one.code },
    { key: "name", title: t.name, cell: name },
    { key: "ratio", title: t.ratio, isNumber: true, cell: ({ ratio }) => ratio === null ? "—" : `${count(lang, ratio.good)} / ${count(lang, ratio.all)}` },
    { key: "share", title: t.share, isNumber: true, cell: ({ share }) => percent(lang, share) },
    { key: "points", title: t.points, isNumber: true, cell: got },
    { key: "lost", title: t.lost, isNumber: true, cell: ({ lost }) => h("span", { class: lost !== null && lost >= 0.005 ? "is-lost" : "", text: points(lang, lost) }) },
    { key: "each", title: t.each, hint: t.eachHint, isNumber: true, cell: ({ points_each }) => worth(lang, points_each) },
    { key: "unreported", title: t.unreported, hint: t.unreportedHint, isNumber: true, cell: ({ unreported, points: got }) => got === null ? "—" : count(lang, unreported) },
    { key: "origin", title: t.origin, cell: ({ origin }) => t.origins[origin] },
  ];
}

export function indicators(actions: Actions): Part {
  const title = h("h2");
  const hint = h("p", { class: "quiet" });
  const table = new Table<Indicator>({
    testid: "indicators",
    isWindowed: false,
    key: ({ code }) => code,
    sign: ({ code }) => String(code === open),
    attrs: ({ code, origin }) => ({ "data-origin": origin, "aria-current": String(code === open) }),
    open: ({ code }) => { actions.go((view) => withIndicator(view, code === view.indicator ? "" : code)); },
  });
  const node = h("section", { class: "page-part" }, h("div", { class: "part-line" }, title, hint), table.node);
  let open = "";
  let made: { lang: Lang; view: string; columns: Column<Indicator>[] } | null = null;
  return {
    node,
    update(state) {
      const { lang, view } = state;
      const row = openRow(state);
      node.hidden = row === null;
      if (row === null) return;
      open = view.indicator;
      const t = catalogue(lang).index766;
      setText(title, t.indicators);
      setText(hint, t.indicatorsHint);
      const at = hashOfView(withIndicator(view, ""));
      if (made?.lang !== lang || made.view !== at) made = { lang, view: at, columns: columns(lang, view) };
      table.update({ columns: made.columns, rows: row.indicators, order: null, label: t.indicators, empty: "" });
    },
  };
}
