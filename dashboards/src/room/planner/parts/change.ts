/** What the scenario changes: people gained and lost, the share, the points, the units. */
import { catalogue, wordFor } from "../../../i18n/index.ts";
import type { Lang } from "../../../i18n/index.ts";
import { count, percent } from "../../../i18n/format.ts";
import { marked } from "../../../guide/button.ts";
import { h, setAttr, setText, show } from "../../../ui/dom.ts";
import { problemWords } from "../../pages/alert.ts";
import { Changes } from "../../pages/changes.ts";
import { Table } from "../../pages/table.ts";
import type { Column } from "../../pages/table.ts";
import type { ShownPoint } from "../changes.ts";
import type { Actions, PageState, Part } from "../state.ts";
import type { Scenario, UnitChange } from "../view.ts";
import { basisWords, farWords, kmWords, nameOf, shareWords } from "../words.ts";
import { pointForm } from "./pointform.ts";

interface Figure {
  readonly node: HTMLElement;
  set(name: string, value: string, isNone?: boolean): void;
}

export function figure(testid: string): Figure {
  const name = h("span");
  const value = h("strong", { attrs: { "data-testid": testid } });
  const node = h("li", {}, value, name);
  return {
    node,
    set(words, figureWords, isNone = false) {
      setText(name, words);
      setText(value, figureWords);
      setAttr(node, "data-none", String(isNone));
    },
  };
}

const unitColumns = (lang: Lang): Column<UnitChange>[] => {
  const t = catalogue(lang).planner;
  return [
    { key: "name", title: t.unit, cell: ({ name }) => name },
    { key: "population", title: t.population, isNumber: true, cell: ({ population }) => count(lang, population) },
    { key: "before", title: t.before, isNumber: true, cell: ({ before }) => percent(lang, before) },
    { key: "after", title: t.after, isNumber: true, cell: ({ before, after }) => h("span", { class: after < before ? "is-lost" : "entered-mark", text: `${after < before ? "▼ " : "▲ "}${percent(lang, after)}` }) },
  ];
};

const pointColumns = (state: PageState): Column<ShownPoint>[] => {
  const { lang, scenario } = state;
  const t = catalogue(lang).planner;
  const told = new Map((scenario.value?.points ?? []).map((one) => [one.id, one]));
  const figureOf = (id: string, name: "people" | "rescued"): string => count(lang, told.get(id)?.[name]);
  return [
    { key: "name", title: t.point, cell: ({ id, change, kind }) => h("span", {}, nameOf(state, id), h("span", { class: "cell-note", text: `${wordFor(catalogue(lang).kinds, kind)} · ${change === "none" ? "" : t.made[change]}` })) },
    { key: "people", title: t.nearestPeople, hint: t.nearestHint, isNumber: true, cell: ({ id }) => figureOf(id, "people") },
    { key: "rescued", title: t.rescued, hint: t.rescuedHint, isNumber: true, cell: ({ id }) => figureOf(id, "rescued") },
    { key: "road", title: t.road, isNumber: true, cell: ({ id }) => kmWords(lang, told.get(id)?.road_km ?? null) },
  ];
};

export function warningWords(state: PageState, { warnings }: Pick<Scenario, "warnings">): HTMLElement[] {
  const t = catalogue(state.lang).planner;
  return warnings.map(({ code, id, detail }) => {
    const what = Object.hasOwn(t.warnings, code) ? wordFor(t.warnings, code) : detail;
    return h("li", { text: id === undefined ? what : `${nameOf(state, id)}: ${what}`, attrs: { "data-code": code } });
  });
}

export function changePart(actions: Actions): Part {
  const title = h("h2");
  const [share, gained, lost, population] = ["figure-share", "figure-gained", "figure-lost", "figure-population"].map(figure) as [Figure, Figure, Figure, Figure];
  const sums = h("ul", { class: "sums planner-sums", attrs: { "data-testid": "change-sums" } }, share.node, gained.node, lost.node, population.node);
  const far = h("p", { class: "quiet far-note" });
  const farLine = marked(far, "far");
  const trouble = h("p", { class: "page-problem", attrs: { role: "alert" } });
  const warnings = h("ul", { class: "planner-warnings", attrs: { "data-testid": "change-warnings", "aria-live": "polite" } });
  const empty = h("p", { class: "planner-lead" });
  const form = pointForm(actions);
  const points = new Table<ShownPoint>({ testid: "changed-points", isWindowed: false, key: ({ id }) => id, open: ({ id }) => { actions.choosePoint(id); } });
  const unitsTitle = h("h3");
  const units = new Table<UnitChange>({ testid: "changed-units", isWindowed: false, key: ({ unit }) => unit });
  const basis = h("p", { class: "quiet basis", attrs: { "data-testid": "basis" } });
  // A reader hears what a drop brought; figures that run while a point is dragged are not read out.
  const heard = h("p", { class: "hidden-title", attrs: { role: "status", "data-testid": "change-heard" } });
  const node = h("section", { class: "planner-part", attrs: { tabindex: "0", "data-testid": "change-part" } },
    marked(title, "covered"), trouble, sums, farLine, heard, warnings, empty, form.node, points.node, unitsTitle, units.node, basis);
  const [ofTables, ofWarnings] = [new Changes(), new Changes()];

  const drawTables = (state: PageState, scenario: Scenario): void => {
    const { lang } = state;
    const t = catalogue(lang).planner;
    const rows = state.points.filter(({ change }) => change !== "none");
    show(points.node, rows.length > 0);
    points.update({ columns: pointColumns(state), rows, order: null, label: t.changedPoints, empty: "" });
    show(unitsTitle, rows.length > 0);
    setText(unitsTitle, t.changedUnits(count(lang, scenario.units.length)));
    show(units.node, rows.length > 0);
    const most = [...scenario.units].sort((a, b) => Math.abs(b.after - b.before) * b.population - Math.abs(a.after - a.before) * a.population);
    units.update({ columns: unitColumns(lang), rows: most, order: null, label: t.changedUnits(""), empty: t.noUnits });
  };

  return {
    node,
    update(state) {
      const { lang, view, scenario: { value, asking, problem }, history, held, points: all } = state;
      show(node, view.tab === "change");
      if (view.tab !== "change") return;
      const t = catalogue(lang).planner;
      setText(title, t.changeTitle);
      show(trouble, problem !== null);
      setText(trouble, problem === null ? "" : problemWords(lang, problem));
      setAttr(sums, "data-asking", String(asking));
      share.set(t.coveredShare, value === null ? "…" : shareWords(lang, value.before, value.after));
      gained.set(t.gained, value === null ? "…" : `+${count(lang, value.gained)}`, value?.gained === 0);
      lost.set(t.lost, value === null ? "…" : `−${count(lang, value.lost)}`, value?.lost === 0);
      population.set(t.leftOut, value === null ? "…" : count(lang, value.after.population - value.after.covered));
      setText(far, value === null ? "" : farWords(lang, value.after));
      setText(basis, basisWords(lang, view.question, value?.data));
      show(empty, history.now.length === 0 && held === null);
      setText(empty, t.changeEmpty);
      form.update(state);
      if (held === null && !asking && value !== null && history.now.length > 0) setText(heard, t.heard(shareWords(lang, value.before, value.after), count(lang, value.gained), count(lang, value.lost)));
      if (value === null) return;
      if (ofTables.of(lang, value, all, state.places)) drawTables(state, value);
      if (ofWarnings.of(lang, value, all)) warnings.replaceChildren(...warningWords(state, value));
    },
  };
}
