/** How groups of people reach the points, by a list that is read here, answered and not kept. */
import { catalogue, wordFor } from "../../../i18n/index.ts";
import type { Lang } from "../../../i18n/index.ts";
import { count, decimal, percent } from "../../../i18n/format.ts";
import { marked } from "../../../guide/button.ts";
import { h, setText, show } from "../../../ui/dom.ts";
import { Changes } from "../../pages/changes.ts";
import type { GroupList } from "../groups.ts";
import type { Actions, Part } from "../state.ts";
import type { Groups } from "../view.ts";
import { basisWords, minutesWords } from "../words.ts";
import { figureTable } from "./figures.ts";
import { standing } from "./standing.ts";

/** Rows left out that are named one by one. */
const FAULTS_TOLD = 20;

interface LeftOut {
  readonly line: number;
  readonly fault: string;
  readonly place: string;
}

/** What was left out here and by the server, by the list's own lines; `more` are those that the server only counts. Pure. */
export function leftOutOf({ read: { good, bad } }: GroupList, answer: Groups | null): { readonly told: LeftOut[]; readonly more: number } {
  const theirs = answer?.left_out.told.map(({ row, place, fault }) => ({ line: good[row - 1]?.line ?? row, fault, place })) ?? [];
  const ours = bad.map(({ line, fault }) => ({ line, fault, place: "" }));
  return { told: [...ours, ...theirs].sort((a, b) => a.line - b.line), more: (answer?.left_out.rows ?? 0) - theirs.length };
}

/** People of a group may be shares of people. */
const weightWords = (lang: Lang, n: number): string => decimal(lang, n, Number.isInteger(n) ? 0 : 1);

export function groupsPart(actions: Actions): Part {
  const title = h("h2");
  const lead = h("p", {});
  const privacy = h("p", { class: "as-today" });
  const [fileName, textName] = [h("span"), h("span")];
  const file = h("input", { attrs: { type: "file", accept: ".csv,.txt,text/csv", "data-testid": "groups-file" }, on: { change: () => {
    const [one] = file.files ?? [];
    if (one !== undefined) actions.readGroups(one);
    // The same file once more, mended, is a choice too.
    file.value = "";
  } } });
  const text = h("textarea", { attrs: { rows: "5", spellcheck: "false", autocomplete: "off", placeholder: "group,place,weight", "data-testid": "groups-text" } });
  const submit = h("button", { class: "dossier-open", attrs: { type: "submit", "data-testid": "groups-ask" } });
  const drop = h("button", { class: "plain", attrs: { type: "button", "data-testid": "groups-drop" }, on: { click: () => {
    text.value = "";
    actions.readGroups(null);
    text.focus();
  } } });
  const form = h("form", { class: "entry-form siting-form", on: { submit: (event) => {
    event.preventDefault();
    actions.readGroups(text.value);
  } } }, h("label", { class: "field" }, textName, text), h("div", { class: "part-line" }, submit, drop), h("label", { class: "field" }, fileName, file));
  const read = h("p", { attrs: { role: "status", "data-testid": "groups-read" } });
  const stands = standing(actions);
  const box = h("div");
  const faults = h("ul", { class: "planner-warnings", attrs: { "data-testid": "groups-left-out" } });
  const basis = h("p", { class: "quiet basis" });
  const node = h("section", { class: "planner-part", attrs: { tabindex: "0", "data-testid": "groups-part" } }, marked(title, "reach_groups"), lead, privacy, form, read, stands.above, box, faults, basis);
  const changes = new Changes();

  const readWords = (lang: Lang, list: GroupList | null): string => {
    const t = catalogue(lang).planner;
    if (list === null) return "";
    const { good, bad, missing, isTooLarge } = list.read;
    if (isTooLarge === true) return t.groupsTooLarge(list.name);
    if (missing.length > 0) return t.columnsMissing(missing.join(", "));
    return t.groupsRead(list.name, count(lang, good.length), count(lang, bad.length));
  };

  const draw = (lang: Lang, list: GroupList | null, answer: Groups | null): void => {
    const t = catalogue(lang).planner;
    setText(read, readWords(lang, list));
    const rows = answer?.groups.map(({ group, weight, share, far, mean_minutes: mean, p90_minutes: p90 }) =>
      [group, weightWords(lang, weight), percent(lang, share, 2), minutesWords(lang, mean), minutesWords(lang, p90), far === 0 ? "0" : `≈ ${weightWords(lang, far)}`]) ?? [];
    const table = figureTable({ testid: "groups-table", caption: t.groupsTable, heads: [t.group, t.groupWeight, t.areaShare, t.groupMean, t.groupMost, t.areaFar], rows });
    box.replaceChildren(...(rows.length > 0 ? [table, h("p", { class: "quiet", text: t.farNote })] : answer === null ? [] : [h("p", { text: t.groupsNone })]));
    const { told, more } = list === null ? { told: [], more: 0 } : leftOutOf(list, answer);
    const shown = told.slice(0, FAULTS_TOLD);
    const hidden = told.length - shown.length + more;
    const lines = shown.map(({ line, fault, place }) => h("li", { text: t.badLine(decimal(lang, line, 0), `${wordFor(t.groupFaults, fault)}${place === "" ? "" : ` (${place})`}`) }));
    faults.replaceChildren(...lines, ...(hidden > 0 ? [h("li", { text: t.moreBad(count(lang, hidden)) })] : []));
    show(basis, answer !== null);
    setText(basis, answer === null ? "" : basisWords(lang, answer.question, answer.data));
  };

  return {
    node,
    update(state) {
      const { lang, view, groupList, groups } = state;
      show(node, view.tab === "groups");
      if (view.tab !== "groups") return;
      const t = catalogue(lang).planner;
      setText(title, t.groupsTitle);
      setText(lead, t.groupsLead);
      setText(privacy, t.groupsPrivacy);
      setText(textName, t.groupsText);
      setText(fileName, t.groupsFile);
      setText(submit, groups.asking ? t.reckoning : t.groupsAsk);
      setText(drop, t.groupsDrop);
      show(drop, groupList !== null);
      stands.update(state, groups, true);
      if (changes.of(lang, groupList, groups.value)) draw(lang, groupList, groups.value);
    },
  };
}
