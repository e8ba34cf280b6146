/** What is to be found: the problem, how many or how much, and from which places. */
import { catalogue } from "../../../i18n/index.ts";
import { count } from "../../../i18n/format.ts";
import { h, setText, show } from "../../../ui/dom.ts";
import { Changes } from "../../pages/changes.ts";
import { choice } from "../../pages/choice.ts";
import { field, needed, numberOf } from "../../pages/form.ts";
import type { Field } from "../../pages/form.ts";
import { decimal } from "../../../i18n/format.ts";
import type { Actions, PageState, Part } from "../state.ts";
import { PROBLEMS } from "../view.ts";
import type { Problem } from "../view.ts";

/** What each problem asks for beside the question. */
const ASKS: Readonly<Record<Problem, readonly string[]>> = {
  most_people: ["number", "capacity"], share: ["target"], least_minutes: ["number"], least_worst: ["number"], close: ["number"], mobile: ["vehicles", "sessions"],
};
const FIRST: Readonly<Record<string, string>> = { number: "3", target: "99", capacity: "", vehicles: "2", sessions: "5" };
/** Faulty rows that are named one by one. */
const FAULTS_TOLD = 8;

/** What each problem posts. `values` are what the fields hold, by name. Pure. */
export function bodyOf(problem: Problem, values: Readonly<Record<string, number | null>>): Record<string, unknown> {
  const of = (name: string): number => values[name] ?? 0;
  const isBounded = problem === "most_people" && values["capacity"] !== null && values["capacity"] !== undefined;
  const more = isBounded ? { capacity: values["capacity"] } : {};
  if (problem === "share") return { problem, target: of("target") / 100 };
  if (problem === "mobile") return { problem, vehicles: of("vehicles"), sessions_a_week: of("sessions") };
  return { problem, number: of("number"), ...more };
}

export function sitingForm(actions: Actions): Part {
  const fields = h("div", { class: "fields" });
  const hint = h("p", { class: "quiet" });
  const file = h("input", { attrs: { type: "file", accept: ".csv,text/csv", "data-testid": "siting-file" }, on: { change: () => { actions.readCandidates(file.files?.[0] ?? null); } } });
  const fileName = h("span");
  const drop = h("button", { class: "plain", attrs: { type: "button" }, on: { click: () => {
    file.value = "";
    actions.readCandidates(null);
  } } });
  const read = h("p", { attrs: { role: "status", "data-testid": "candidates-read" } });
  const faults = h("ul", { class: "planner-warnings", attrs: { "data-testid": "candidates-bad" } });
  const submit = h("button", { class: "dossier-open", attrs: { type: "submit", "data-testid": "siting-find" } });
  const status = h("p", { class: "form-status", attrs: { role: "status", "data-testid": "siting-status" } });
  const node = h("form", { class: "entry-form siting-form", attrs: { "data-testid": "siting-form" }, on: { submit: (event) => {
    event.preventDefault();
    find();
  } } }, fields, hint, h("div", { class: "part-line" }, h("label", { class: "field" }, fileName, file), drop), read, faults, submit, status);

  let state: PageState | null = null;
  let problem: Problem = "most_people";
  let shown: Readonly<Record<string, Field>> = {};
  const kept: Record<string, string> = { ...FIRST };
  const changes = new Changes();

  const find = (): void => {
    if (state === null) return;
    const { lang } = state;
    setText(status, "");
    try {
      const values = Object.fromEntries(Object.entries(shown).map(([name, one]) => [name, name === "capacity" ? numberOf(lang, one) : needed(lang, one)]));
      const t = catalogue(lang).planner;
      for (const [name, one] of Object.entries(shown)) {
        const value = values[name] ?? null;
        const most = name === "target" ? 100 : name === "capacity" ? Infinity : 100;
        if (value === null || (value > 0 && value <= most && (name === "target" || Number.isInteger(value)))) continue;
        one.input.focus();
        throw new Error(t.fieldLimit(one.name, count(lang, Math.min(most, 10_000_000))));
      }
      actions.findSites(bodyOf(problem, values));
    } catch (error) {
      setText(status, error instanceof Error ? error.message : String(error));
    }
  };

  const draw = ({ lang }: PageState): void => {
    const t = catalogue(lang).planner;
    const which = choice(t.problem, "siting-problem", PROBLEMS.map((one) => [one, t.problems[one]]), true);
    which.select.value = problem;
    which.select.addEventListener("change", () => {
      problem = PROBLEMS.find((one) => one === which.select.value) ?? "most_people";
      if (state !== null) draw(state);
      fields.querySelector("select")?.focus();
    });
    shown = Object.fromEntries(ASKS[problem].map((name) => {
      const one = field(t.asks[name as keyof typeof t.asks], `siting-${name}`, true);
      one.input.value = kept[name] ?? "";
      one.input.addEventListener("input", () => { kept[name] = one.input.value; });
      return [name, one];
    }));
    fields.replaceChildren(which.node, ...Object.values(shown).map((one) => one.node));
    setText(hint, t.problemHints[problem]);
  };

  return {
    node,
    update(next) {
      const { lang, candidates, siting } = next;
      state = next;
      const t = catalogue(lang).planner;
      submit.disabled = siting.asking;
      setText(submit, siting.asking ? t.finding : t.find);
      if (!changes.of(lang, candidates)) return;
      draw(next);
      setText(fileName, t.candidates);
      show(drop, candidates !== null);
      setText(drop, t.everyCell);
      if (candidates === null) setText(read, t.candidatesNone);
      else {
        const { good, bad, missing } = candidates.read;
        setText(read, missing.length > 0 ? t.columnsMissing(missing.join(", ")) : t.candidatesRead(candidates.file, count(lang, good.length), count(lang, bad.length)));
      }
      const bad = candidates?.read.bad ?? [];
      const lines = bad.slice(0, FAULTS_TOLD).map(({ line, fault }) => h("li", { text: t.badLine(decimal(lang, line, 0), t.faults[fault]) }));
      faults.replaceChildren(...lines, ...(bad.length > FAULTS_TOLD ? [h("li", { text: t.moreBad(count(lang, bad.length - FAULTS_TOLD)) })] : []));
    },
  };
}
