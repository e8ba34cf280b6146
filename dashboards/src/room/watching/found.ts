/** What was found, the most often first; a row opens whom it concerns. */
import { catalogue } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { whatIs } from "../../guide/button.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { csv, download, fileName } from "../pages/csv.ts";
import { listing } from "../pages/listing.ts";
import type { Column } from "../pages/table.ts";
import { COLUMNS, rowsOf } from "./model.ts";
import type { Finding } from "./model.ts";
import { SHOWN, findings, hashOfView, inForce, withKey } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";

function columns({ lang, view }: PageState): Column<Finding>[] {
  const t = catalogue(lang).watching;
  const words = (one: Finding): Node => h("a", { text: one[lang], attrs: { href: hashOfView(withKey(view, one.key)), tabindex: "-1", title: one.key } });
  return [
    { key: "count", title: t.count, isNumber: true, sort: (one) => one.count, cell: (one) => one.count === 0 ? h("span", { class: "quiet", text: t.notSeen }) : h("strong", { text: count(lang, one.count) }) },
    { key: "words", title: view.show === "quality" ? t.reading : t.question, sort: (one) => one[lang], cell: words },
    { key: "units", title: t.units, isNumber: true, sort: ({ units }) => units.length, cell: ({ units }) => (units.length === 0 ? "" : t.unitsOf(count(lang, units.length))) },
  ];
}

export function found(actions: Actions): Part & { readonly find: HTMLElement } {
  let now: PageState | null = null;
  const isChosen = ({ key }: Finding): string => String(key === now?.view.key);
  const of = h("p", { class: "quiet", attrs: { "data-testid": "looked-at" } });
  const file = (state: PageState): void => {
    const [all, days] = [findings(state), inForce(state)];
    const simulated = state[state.view.show].value?.simulated ?? false;
    if (all !== null && days !== null) download(fileName(state.view.show, days.from, days.to, simulated), csv(COLUMNS, rowsOf(state.lang, state.places, all, { ...days, simulated })));
  };
  const marks = { quality: whatIs("odd_data"), integrity: whatIs("signs") };
  const list = listing<Finding>({
    testid: "found",
    isWindowed: false,
    key: ({ key }) => key,
    text: ({ vi, en, key }) => `${vi} ${en} ${key}`,
    sign: isChosen,
    attrs: (one) => ({ "data-none": String(one.count === 0), "aria-current": isChosen(one) }),
    open: ({ key }) => { actions.go((view) => withKey(view, key === view.key ? "" : key)); },
    turn: (change) => { actions.go((view) => ({ ...view, ...change }), true); },
    file: () => { if (now !== null) file(now); },
    beside: Object.values(marks),
    above: [of],
  });
  const [ofColumns, ofRows] = [new Changes(), new Changes()];
  let made: Column<Finding>[] = [];
  let rows: readonly Finding[] | null = null;
  return {
    node: list.node,
    find: list.find,
    update(state) {
      now = state;
      const { lang, view, quality, integrity } = state;
      // The same findings stay the same objects: rows are then left alone.
      if (ofRows.of(view.show, state[view.show].value)) rows = findings(state);
      show(list.node, rows !== null);
      if (rows === null) return;
      const t = catalogue(lang).watching;
      for (const one of SHOWN) show(marks[one], one === view.show);
      const isQuality = view.show === "quality";
      if (ofColumns.of(lang, hashOfView(withKey(view, "")))) made = columns(state);
      const [dossiers, both] = [quality.value?.result.dossiers, integrity.value?.result];
      setText(of, `${isQuality ? t.ofDossiers(count(lang, dossiers)) : t.ofBoth(count(lang, both?.dossiers), count(lang, both?.ratings))}. ${t.openHint}`);
      list.update({ lang, rows, columns: made, find: view.find, sort: view.sort, title: isQuality ? t.quality : t.integrity, note: isQuality ? t.qualityNote : "", empty: isQuality ? t.qualityEmpty : t.integrityEmpty });
    },
  };
}
