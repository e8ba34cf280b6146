/** The progress of the open task, and a form that sets one. */
import { catalogue } from "../../i18n/index.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { field, form } from "../pages/form.ts";
import { Changes } from "../pages/changes.ts";
import { choice, dayField, dayOfField } from "../pages/choice.ts";
import { taskName } from "./model.ts";
import { hashOfView, withKey } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { Task } from "./view.ts";

function reporting({ lang }: PageState, task: Task, actions: Actions): HTMLElement {
  const { registers: t, pages } = catalogue(lang);
  const state = choice(t.state, "progress-state", [["done", t.states.done], ["open", t.states.open]]);
  const [evidence, source] = [field(t.evidenceField, "progress-evidence", false), field(pages.source, "progress-source", false)];
  return form(lang, {
    title: task.id,
    testid: "progress-form",
    path: "tasks/progress",
    fields: [state.node, evidence.node, source.node],
    body: () => {
      const shown = evidence.input.value.trim();
      return { id: task.id, state: state.select.value, ...(shown === "" ? {} : { evidence: shown }), source: source.input.value };
    },
    saved: actions.reload,
  });
}

export function progress(actions: Actions): Part {
  const title = h("h2", { attrs: { tabindex: "-1", "data-testid": "progress-title" } });
  const close = h("a", { class: "page-back" });
  const hint = h("p", { class: "quiet" });
  const box = h("div", { class: "entry" });
  const node = h("section", { class: "page-part", attrs: { "data-testid": "progress-part" } }, h("div", { class: "part-line" }, title, close), hint, box);
  node.hidden = true;
  const changes = new Changes();
  let opened = "";
  return {
    node,
    update(state) {
      const { lang, view, tasks } = state;
      const task = view.key === "" ? undefined : tasks.value?.rows.find(({ id }) => id === view.key);
      show(node, task !== undefined);
      if (view.key === "") opened = "";
      if (task === undefined) return;
      const t = catalogue(lang).registers;
      setText(title, t.progress(taskName(lang, task)));
      setText(close, t.closeTask);
      setAttr(close, "href", hashOfView(withKey(view, "")));
      setText(hint, t.evidenceHint);
      if (changes.of(lang, task.id)) box.replaceChildren(reporting(state, task, actions));
      if (opened === task.id) return;
      opened = task.id;
      node.scrollIntoView({ block: "nearest" });
      title.focus({ preventScroll: true });
    },
  };
}

function setting({ lang }: PageState, actions: Actions): HTMLElement {
  const { registers: t, pages } = catalogue(lang);
  const text = (name: string, testid: string): ReturnType<typeof field> => field(name, testid, false);
  const [id, lead, vi, en] = [text(t.taskId, "task-id"), text(t.lead, "task-lead"), text(t.taskVi, "task-vi"), text(t.taskEn, "task-en")];
  const [partners, due, source] = [text(t.partnersField, "task-partners"), dayField(lang, t.dueField, "task-due"), text(pages.source, "task-source")];
  return form(lang, {
    title: t.setTask,
    testid: "task-form",
    path: "tasks",
    fields: [id, lead, vi, en, partners, due, source].map((one) => one.node),
    body: () => {
      const until = dayOfField(lang, due);
      return {
        id: id.input.value.trim(), vi: vi.input.value, en: en.input.value, lead: lead.input.value,
        partners: partners.input.value.split(",").map((one) => one.trim()).filter((one) => one !== ""),
        ...(until === "" ? {} : { due: until }), source: source.input.value,
      };
    },
    saved: actions.reload,
  });
}

export function newTask(actions: Actions): Part {
  const summary = h("summary");
  const hint = h("p", { class: "quiet" });
  const box = h("div");
  const node = h("details", { class: "page-part entry", attrs: { "data-testid": "new-task" } }, summary, hint, box);
  const changes = new Changes();
  return {
    node,
    update(state) {
      const { lang, view } = state;
      show(node, view.show === "tasks");
      const t = catalogue(lang).registers;
      setText(summary, t.setTask);
      setText(hint, t.setTaskHint);
      if (changes.of(lang)) box.replaceChildren(setting(state, actions));
    },
  };
}
