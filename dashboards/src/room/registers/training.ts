/** Training as a matrix of units and subjects: shares of 100 %, what is overdue, and who has never reported. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { NONE, count, moment, percent } from "../../i18n/format.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { field, form } from "../pages/form.ts";
import { Changes } from "../pages/changes.ts";
import { choice, dayField, dayOfField, offered } from "../pages/choice.ts";
import { csv, download, fileName } from "../pages/csv.ts";
import { listing } from "../pages/listing.ts";
import type { Column } from "../pages/table.ts";
import { TRAINING_COLUMNS, dayWords, matrix, subjectName, subjectsOf, trainingRows } from "./model.ts";
import type { UnitRow } from "./model.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { Trained, Training } from "./view.ts";

function cellOf(lang: Lang, cell: Trained | undefined): Node {
  const t = catalogue(lang).registers;
  if (cell === undefined) return h("span", { class: "is-unknown", text: NONE, attrs: { title: t.noData } });
  const share = percent(lang, cell.share, 0);
  const words = `${t.cellOf(share, count(lang, cell.count), count(lang, cell.of))}, ${t.toldAt(moment(lang, cell.told_at))}${cell.is_overdue ? `, ${t.isOverdue}` : ""}`;
  const line = h("span", { class: "group-line" });
  line.style.width = `${100 * Math.min(1, cell.share ?? 0)}%`;
  // Without a number to be trained there is no share, only how many there were.
  return h("span", { class: "group-cell", attrs: { title: words, "data-overdue": String(cell.is_overdue), "data-full": String(cell.share === 1) } },
    cell.share === null ? count(lang, cell.count) : share, cell.share === null ? null : line);
}

function columns({ lang, places }: PageState, subjects: readonly string[]): Column<UnitRow>[] {
  const t = catalogue(lang).registers;
  const name = ({ unit }: UnitRow): string => places.names.agency(lang, places.names.unit(unit));
  return [
    { key: "name", title: t.unit, sort: name, cell: (row) => h("span", { text: name(row), attrs: { title: row.unit } }) },
    { key: "all", title: t.ofAll, hint: t.ofAllHint, rem: 8, isNumber: true, sort: ({ share }) => share, cell: ({ share }) => share === null ? h("span", { class: "is-unknown", text: t.noData }) : percent(lang, share, 0) },
    ...subjects.map((subject): Column<UnitRow> => ({
      key: subject, title: subjectName(lang, subject), hint: subject, rem: 9, isNumber: true, isExtra: true,
      sort: ({ cells }) => cells.get(subject)?.share ?? null, cell: ({ cells }) => cellOf(lang, cells.get(subject)),
    })),
  ];
}

function sumsOf(lang: Lang, { subjects }: Training, names: readonly string[]): HTMLElement[] {
  const t = catalogue(lang).registers;
  return names.map((code) => {
    const one = subjects[code];
    const share = one === undefined || one.of === 0 ? null : one.count / one.of;
    return h("li", { attrs: { "data-subject": code } },
      h("strong", { class: share === null ? "is-unknown" : "", text: share === null ? t.noData : percent(lang, share) }),
      h("span", { text: subjectName(lang, code) }),
      h("span", { class: "quiet", text: one === undefined ? "" : `${t.trained(count(lang, one.count), count(lang, one.of))} · ${t.complete(count(lang, one.complete), count(lang, one.units))}` }),
      h("span", { class: "quiet", text: one?.due === undefined || one.due === null ? t.noDueSet : t.dueOn(dayWords(one.due)), attrs: { "data-testid": "subject-due" } }));
  });
}

function subjectForm({ lang }: PageState, known: readonly string[], actions: Actions): HTMLElement {
  const { registers: t, pages } = catalogue(lang);
  const subject = field(t.subject, "subject-code", false);
  offered(subject, "subject-codes", [...new Set([...known, ...Object.keys(t.subjects)])].map((code) => [code, subjectName(lang, code)] as const));
  const [kind, day, source] = [choice(t.due, "subject-kind", [["due", t.dueDay], ["issued", t.issuedDay]]), dayField(lang, t.dueDay, "subject-day"), field(pages.source, "subject-source", false)];
  return form(lang, {
    title: t.setSubject,
    testid: "subject-form",
    path: "training/subjects",
    fields: [subject.node, kind.node, day.node, source.node],
    body: () => {
      const on = dayOfField(lang, day);
      return { subject: subject.input.value, ...(on === "" ? {} : { [kind.select.value]: on }), source: source.input.value };
    },
    saved: actions.reload,
  });
}

export function training(actions: Actions): Part & { readonly find: HTMLElement } {
  let now: PageState | null = null;
  let [rows, subjects]: [UnitRow[], string[]] = [[], []];
  const sums = h("ul", { class: "sums is-wide", attrs: { "data-testid": "subject-sums" } });
  const reported = h("p", { class: "reported", attrs: { "data-testid": "reported" } });
  const list = listing<UnitRow>({
    testid: "training",
    explains: ["training"],
    isWindowed: true,
    key: ({ unit }) => unit,
    text: ({ unit }) => `${now?.places.names.unit(unit) ?? ""} ${unit}`,
    attrs: ({ cells }) => ({ "data-unknown": String(cells.size === 0) }),
    turn: (change) => { actions.go((view) => ({ ...view, ...change }), true); },
    file: () => {
      const value = now?.training.value;
      if (now !== null && value !== null && value !== undefined) download(fileName("training", value.as_of.slice(0, 10), value.simulated), csv(TRAINING_COLUMNS, trainingRows(now.places, value, rows, subjects)));
    },
    above: [reported, sums],
  });
  const [summary, hint, box] = [h("summary"), h("p", { class: "quiet" }), h("div")];
  const node = h("div", {}, list.node, h("details", { class: "page-part entry", attrs: { "data-testid": "subject-entry" } }, summary, hint, box));
  const [ofRows, ofForm, ofColumns] = [new Changes(), new Changes(), new Changes()];
  let made: Column<UnitRow>[] = [];
  return {
    node,
    find: list.find,
    update(state) {
      now = state;
      const { lang, view, places, training: { value } } = state;
      show(node, view.show === "training" && value !== null);
      if (view.show !== "training" || value === null) return;
      const t = catalogue(lang).registers;
      if (ofRows.of(value, places, lang)) {
        [rows, subjects] = [matrix(value, places.units), subjectsOf(value)];
        sums.replaceChildren(...sumsOf(lang, value, subjects));
      }
      if (ofColumns.of(lang, places, subjects.join())) made = columns(state, subjects);
      if (ofForm.of(lang)) box.replaceChildren(subjectForm(state, subjects, actions));
      setText(reported, t.reported(count(lang, value.units_reported), count(lang, value.units)));
      setText(summary, t.setSubject);
      setText(hint, t.setSubjectHint);
      list.update({ lang, rows, columns: made, find: view.find, sort: view.sort, title: t.training, note: t.trainingNote, empty: t.trainingEmpty });
    },
  };
}
