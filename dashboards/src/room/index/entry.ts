/** Figures that no event tells, entered with their source; and the official points, which are kept apart from ours. */
import { catalogue } from "../../i18n/index.ts";
import { count, moment } from "../../i18n/format.ts";
import { h, setText } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { field, form, needed, numberOf, send } from "../pages/form.ts";
import { entryKey } from "./model.ts";
import { openRow } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { Index, IndexRow } from "./view.ts";

const VALUES = "index766/values";
const OFFICIAL = "index766/official";

function valueForm({ lang, view }: PageState, { period }: Index, row: IndexRow, actions: Actions): HTMLElement {
  const { index766: t, pages } = catalogue(lang);
  const open = row.indicators.filter(({ origin }) => origin !== "computed");
  if (open.length === 0) return h("p", { class: "quiet", text: t.allComputed });
  const select = h("select", { attrs: { "data-testid": "value-indicator" } },
    ...open.map((one) => h("option", { text: `${one.code} ${one[lang]}`, attrs: { value: one.code } })));
  const [good, all, source] = [field(t.good, "value-good", true), field(t.all, "value-all", true), field(pages.source, "value-source", false)];
  return form(lang, {
    title: t.enterValue,
    testid: "value-form",
    path: VALUES,
    fields: [h("label", { class: "field is-wide" }, h("span", { text: t.indicator }), select), good.node, all.node, source.node],
    body: () => ({ period, indicator: select.value, by: view.by, key: view.key, good: needed(lang, good), all: needed(lang, all), source: source.input.value }),
    saved: actions.reload,
  });
}

function officialForm({ lang }: PageState, { period }: Index, row: IndexRow, actions: Actions): HTMLElement {
  const { index766: t, pages } = catalogue(lang);
  const groups = row.groups.map((group) => ({ code: group.code, ...field(`${group.code}. ${group[lang]}`, `official-${group.code}`, true) }));
  const [total, source] = [field(t.publishedTotal, "official-total", true), field(pages.source, "official-source", false)];
  return form(lang, {
    title: t.enterOfficial,
    testid: "official-form",
    path: OFFICIAL,
    fields: [...groups.map(({ node }) => node), total.node, source.node],
    body: () => {
      const points = groups.map((group) => [group.code, numberOf(lang, group)] as const).filter(([, value]) => value !== null);
      const published = numberOf(lang, total);
      return { period, points: Object.fromEntries(points), ...(published === null ? {} : { total: published }), source: source.input.value };
    },
    saved: actions.reload,
  });
}

/** What stands for the open part, each with a way to take it away. */
function entered({ lang, view }: PageState, index: Index, actions: Actions): HTMLElement {
  const { index766: t, pages } = catalogue(lang);
  const status = h("p", { class: "form-status", attrs: { role: "status" } });
  const away = (path: string, body: object): HTMLElement => h("button", { class: "plain", text: t.takeAway, attrs: { type: "button" }, on: { click: () => {
    void send(lang, path, body, status).then((isDone) => { if (isDone) actions.reload(); });
  } } });
  const row = (name: string, from: string, button: HTMLElement): HTMLElement =>
    h("li", {}, h("span", { text: name }), h("span", { class: "quiet", text: from }), button);
  const values = index.entered.map((entry) => ({ entry, of: entryKey(entry.key) }))
    .filter(({ of }) => of.by === view.by && of.part === view.key)
    .map(({ entry, of }) => row(
      `${of.indicator}: ${count(lang, entry.value.good)} / ${count(lang, entry.value.all)}`,
      pages.enteredFrom(entry.source, moment(lang, entry.entered_at)),
      away(VALUES, { period: of.period, indicator: of.indicator, by: view.by, key: view.key, source: entry.source })));
  const { official } = index;
  const points = official === null || view.by !== "city" ? [] : [row(t.official, pages.enteredFrom(official.source, moment(lang, official.entered_at)),
    away(OFFICIAL, { period: index.period, source: official.source }))];
  const rows = [...values, ...points];
  return h("div", { class: "entered", attrs: { "data-testid": "entered" } },
    ...(rows.length === 0 ? [] : [h("h3", { text: t.enteredList }), h("ul", {}, ...rows)]), status);
}

export function entry(actions: Actions): Part {
  const title = h("summary");
  const hint = h("p", { class: "quiet" });
  const [values, official, list] = [h("div"), h("div"), h("div")];
  const node = h("details", { class: "page-part entry", attrs: { "data-testid": "entry" } }, title, hint, list, h("div", { class: "forms" }, values, official));
  // Forms are made again only for another period, part or language: what is being typed stays.
  const ofForms = new Changes();
  const ofList = new Changes();
  return {
    node,
    update(state) {
      const { lang, view, index } = state;
      const row = openRow(state);
      node.hidden = row === null;
      if (row === null || index.value === null) return;
      const t = catalogue(lang).index766;
      setText(title, t.enter);
      setText(hint, t.enterHint);
      const open = row.indicators.filter(({ origin }) => origin !== "computed").map(({ code }) => code).join();
      if (ofForms.of(lang, index.value.period, view.by, view.key, open)) {
        values.replaceChildren(valueForm(state, index.value, row, actions));
        official.replaceChildren(...(view.by === "city" ? [officialForm(state, index.value, row, actions)] : []));
      }
      if (ofList.of(lang, index.value, view.by, view.key)) list.replaceChildren(entered(state, index.value, actions));
    },
  };
}
