/** The national portal's counts beside ours, each as it is, with their difference; and a form to enter them. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count, moment } from "../../i18n/format.ts";
import { h, setText } from "../../ui/dom.ts";
import { field, form, numberOf } from "../pages/form.ts";
import { Changes } from "../pages/changes.ts";
import { asked, dayText } from "../pages/days.ts";
import type { Days } from "../pages/days.ts";
import type { Column } from "../pages/table.ts";
import { difference } from "./model.ts";
import { figures } from "./part.ts";
import type { Actions, Part } from "./part.ts";
import { inForce } from "./state.ts";
import type { Flows } from "./view.ts";

interface Counted {
  readonly name: "received" | "resolved";
  readonly ours: number;
  readonly theirs: number | null;
  readonly difference: number | null;
}

function countedOf({ received, resolved, portal }: Flows): Counted[] {
  return [
    { name: "received", ours: received, theirs: portal?.received ?? null, difference: portal?.received_difference ?? null },
    { name: "resolved", ours: resolved, theirs: portal?.resolved ?? null, difference: portal?.resolved_difference ?? null },
  ];
}

function columns(lang: Lang): Column<Counted>[] {
  const t = catalogue(lang).agencyPage;
  return [
    { key: "name", title: t.counted, cell: ({ name }) => t[name] },
    { key: "ours", title: t.ours, isNumber: true, cell: ({ ours }) => count(lang, ours) },
    { key: "theirs", title: t.theirs, isNumber: true, cell: ({ theirs }) => theirs === null ? h("span", { class: "is-unknown", text: t.notEntered }) : count(lang, theirs) },
    { key: "difference", title: t.difference, isNumber: true, cell: (one) => h("span", { class: (one.difference ?? 0) === 0 ? "" : "is-lost", text: difference(lang, one.difference) }) },
  ];
}

function portalForm(lang: Lang, days: Days, saved: () => void): HTMLElement {
  const t = catalogue(lang).agencyPage;
  const [received, resolved, source] = [field(t.received, "portal-received", true), field(t.resolved, "portal-resolved", true), field(t.source, "portal-source", false)];
  return form(lang, {
    title: t.portalSpan(dayText(days.from), dayText(days.to)),
    testid: "portal-form",
    path: "flows/portal",
    fields: [received.node, resolved.node, source.node],
    body: () => ({ ...asked(days), received: numberOf(lang, received), resolved: numberOf(lang, resolved), source: source.input.value }),
    saved,
  });
}

export function portal(actions: Actions): Part {
  const title = h("h2");
  const hint = h("p", { class: "quiet" });
  const note = h("p", { class: "quiet", attrs: { "data-testid": "portal-note" } });
  const table = figures<Counted>("portal", ({ name }) => name);
  const summary = h("summary");
  const formHint = h("p", { class: "quiet" });
  const forms = h("div");
  const node = h("section", { class: "page-part", attrs: { "data-testid": "portal-part" } }, title, hint, table.node, note,
    h("details", { class: "entry", attrs: { "data-testid": "portal-entry" } }, summary, formHint, forms));
  const [ofRows, ofColumns, ofForms] = [new Changes(), new Changes(), new Changes()];
  let made: Column<Counted>[] = [];
  let rows: Counted[] = [];
  return {
    node,
    update({ lang, view, flows: asked, asOf }) {
      // The portal counts the whole city: beside one agency there is nothing to compare.
      node.hidden = asked.value === null || view.key !== "";
      if (node.hidden || asked.value === null) return;
      const t = catalogue(lang).agencyPage;
      if (ofColumns.of(lang)) made = columns(lang);
      if (ofRows.of(asked.value)) rows = countedOf(asked.value);
      const { portal: entered } = asked.value;
      setText(title, t.portal);
      setText(hint, t.portalHint);
      setText(note, entered === null ? t.portalNone : catalogue(lang).pages.enteredFrom(entered.source, moment(lang, entered.entered_at)));
      setText(summary, t.enterPortal);
      setText(formHint, t.enterPortalHint);
      const days = inForce(view, asOf);
      // Made again only for other days or another language: what is being typed stays.
      if (days !== null && ofForms.of(lang, days.from, days.to)) forms.replaceChildren(portalForm(lang, days, actions.reload));
      table.update({ columns: made, rows, order: null, label: t.portal, empty: "" });
    },
  };
}
