/** The plans' tasks, the most pressing first; a row opens its progress. */
import { catalogue } from "../../i18n/index.ts";
import { NONE, count, moment } from "../../i18n/format.ts";
import { h, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { csv, download, fileName } from "../pages/csv.ts";
import { listing } from "../pages/listing.ts";
import { sumsOf } from "../pages/sums.ts";
import type { Column } from "../pages/table.ts";
import { TASK_COLUMNS, counted, dayWords, daysBetween, leadName, taskName, taskRow } from "./model.ts";
import { hashOfView, withKey } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { Standing, Task } from "./view.ts";

const STANDINGS: readonly Standing[] = ["overdue", "due_soon", "open", "continuous", "done"];

function columns({ lang, view }: PageState, asOf: string): Column<Task>[] {
  const t = catalogue(lang).registers;
  const name = (task: Task): Node => h("div", {},
    h("a", { text: taskName(lang, task), attrs: { href: hashOfView(withKey(view, task.id)), tabindex: "-1" } }),
    h("span", { class: "cell-note", text: task.vi === null ? `${task.id}: ${t.onlyCode}` : task.id }));
  const due = ({ due: until, standing }: Task): Node | string => {
    if (until === null) return h("span", { class: "quiet", text: t.noDue });
    const days = daysBetween(asOf, until);
    const note = standing === "done" ? null : days < 0 ? t.lateBy(count(lang, -days)) : t.leftDays(count(lang, days));
    return h("div", {}, dayWords(until), note === null ? null : h("span", { class: "cell-note", text: note }));
  };
  const told = ({ told_at: at, evidence }: Task): Node => h("div", {},
    at === null ? h("span", { class: "is-unknown", text: t.neverTold }) : moment(lang, at),
    evidence === null ? null : h("span", { class: "cell-note", text: `${t.evidence}: ${evidence}`, attrs: { "data-testid": "task-evidence" } }));
  const lead = ({ lead: code, partners }: Task): Node => h("div", {}, code === null ? NONE : leadName(lang, code),
    partners.length === 0 ? null : h("span", { class: "cell-note", text: t.partners(partners.map((one) => leadName(lang, one)).join(", ")) }));
  return [
    { key: "standing", title: t.standing, sort: ({ standing }) => STANDINGS.indexOf(standing), cell: ({ standing }) => h("span", { class: "standing", text: t.standings[standing], attrs: { "data-standing": standing } }) },
    { key: "name", title: t.task, sort: (task) => taskName(lang, task), cell: name },
    { key: "lead", title: t.lead, sort: ({ lead: code }) => (code === null ? null : leadName(lang, code)), cell: lead },
    { key: "due", title: t.due, sort: ({ due: until }) => until, cell: due },
    { key: "told", title: t.told, sort: ({ told_at: at }) => at, cell: told },
  ];
}

export function tasks(actions: Actions): Part & { readonly find: HTMLElement } {
  let now: PageState | null = null;
  const sums = h("ul", { class: "sums", attrs: { "data-testid": "task-sums" } });
  const isChosen = ({ id }: Task): string => String(id === now?.view.key);
  const file = ({ lang, tasks: { value } }: PageState): void => {
    if (value === null) return;
    download(fileName("tasks", value.as_of.slice(0, 10), value.simulated), csv(TASK_COLUMNS, value.rows.map((task) => taskRow(lang, value, task))));
  };
  const list = listing<Task>({
    testid: "tasks",
    explains: ["tasks"],
    isWindowed: false,
    key: ({ id }) => id,
    text: (task) => `${task.vi ?? ""} ${task.en ?? ""} ${task.id} ${task.lead === null || now === null ? "" : leadName(now.lang, task.lead)}`,
    sign: isChosen,
    attrs: (task) => ({ "data-standing": task.standing, "aria-current": isChosen(task) }),
    open: ({ id }) => { actions.go((view) => withKey(view, id)); },
    turn: (change) => { actions.go((view) => ({ ...view, ...change }), true); },
    file: () => { if (now !== null) file(now); },
    above: [sums],
  });
  const [ofColumns, ofSums] = [new Changes(), new Changes()];
  let made: Column<Task>[] = [];
  return {
    node: list.node,
    find: list.find,
    update(state) {
      now = state;
      const { lang, view, tasks: { value } } = state;
      const isShown = view.show === "tasks";
      show(list.node, isShown && value !== null);
      if (!isShown || value === null) return;
      const t = catalogue(lang).registers;
      if (ofColumns.of(lang, view.find, view.sort, value.as_of)) made = columns(state, value.as_of);
      if (ofSums.of(lang, value)) {
        const counts = counted(STANDINGS, value.rows.map(({ standing }) => standing));
        sums.replaceChildren(...sumsOf(lang, STANDINGS.map((one) => ({ standing: one, n: counts[one], words: t.standings[one] }))));
      }
      list.update({ lang, rows: value.rows, columns: made, find: view.find, sort: view.sort, title: t.tasks, note: t.tasksNote, empty: t.tasksEmpty });
    },
  };
}
