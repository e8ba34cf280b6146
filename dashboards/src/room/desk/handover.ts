/** The hand-over of a shift: its summary, what is still open, and a form that keeps it. Made to be printed too. */
import { catalogue } from "../../i18n/index.ts";
import { moment } from "../../i18n/format.ts";
import type { Case } from "../../live/views.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { field, form } from "../pages/form.ts";
import type { Field } from "../pages/form.ts";
import { offered } from "../pages/choice.ts";
import { Table } from "../pages/table.ts";
import { caseColumns } from "./caselist.ts";
import { inOrder } from "./order.ts";
import { seatIn, seatsOf } from "./seat.ts";
import type { Actions, PageState, Part } from "./state.ts";

function keeping({ lang, seat, alerts }: PageState, actions: Actions): HTMLElement {
  const { desk: t, pages } = catalogue(lang);
  const [by, to] = [field(t.handoverBy, "handover-by", false), field(t.handoverTo, "handover-to", false)];
  offered(to, "handover-seats", seatsOf(alerts?.cases.values() ?? [], "").map((one) => [one, one] as const));
  by.input.value = seat;
  const read = ({ input }: Field): string => {
    const one = seatIn(input.value);
    if (one !== null) return one;
    input.focus();
    throw new Error(pages.problems["bad_seat"]);
  };
  return form(lang, { title: t.handoverKeep, testid: "handover-form", path: "alerts/handover", fields: [by.node, to.node], body: () => ({ by: read(by), to: read(to) }), saved: actions.reload });
}

export function handover(actions: Actions): Part {
  const title = h("h2", {});
  const print = h("button", { class: "plain", attrs: { type: "button", "data-testid": "handover-print" }, on: { click: () => { globalThis.print(); } } });
  const shift = h("p", { class: "handover-shift" });
  const lines = h("ul", { class: "handover-lines", attrs: { "data-testid": "handover-lines" } });
  const openTitle = h("h3", {});
  const open = new Table<Case>({ testid: "handover-cases", isWindowed: false, key: ({ id }) => id, open: ({ id }) => { actions.choose(id); } });
  const body = h("div", {}, shift, lines, openTitle, open.node);
  const entry = h("div", { class: "handover-form" });
  const node = h("section", { class: "page-part handover", attrs: { "data-testid": "handover" } }, h("div", { class: "part-line" }, title, print), body, entry);
  const [ofValue, ofForm] = [new Changes(), new Changes()];
  return {
    node,
    update(state) {
      const { lang, view, places, rules, asOf, seat, handover: { value } } = state;
      show(node, view.show === "handover");
      if (view.show !== "handover") return;
      const t = catalogue(lang).desk;
      setText(title, t.handover);
      setText(print, t.print);
      if (ofForm.of(lang, seat)) entry.replaceChildren(keeping(state, actions));
      show(body, value !== null);
      if (value === null || !ofValue.of(lang, value, places, rules)) return;
      setText(shift, t.handoverOf(moment(lang, value.from), moment(lang, value.to)));
      lines.replaceChildren(...value.lines[lang].map((text) => h("li", { text })));
      setText(openTitle, t.handoverOpen);
      open.update({ columns: caseColumns({ lang, places, rules }, asOf, true), rows: inOrder(value.cases), order: null, label: t.handoverOpen, empty: t.none });
    },
  };
}
