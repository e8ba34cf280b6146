/** The switch of the coverage layer and its key, counted in people. */
import { catalogue } from "../../../i18n/index.ts";
import { count, decimal, percent } from "../../../i18n/format.ts";
import { marked } from "../../../guide/button.ts";
import { KeyedRows, h, setAttr, setText, show, svg } from "../../../ui/dom.ts";
import type { Actions, CoverageMode, Part, RoomState } from "../state.ts";
import type { CoverageLoad } from "./coverage.ts";
import { MINUTE_STEPS } from "./style.ts";

const MODES: readonly CoverageMode[] = ["off", "covered", "minutes"];

interface Entry {
  readonly key: string;
  readonly swatch: string;
  readonly words: string;
  readonly people: string;
}

function entries(state: RoomState, load: CoverageLoad): Entry[] {
  if (load.kind !== "loaded") return [];
  const t = catalogue(state.lang);
  const { people } = load;
  const n = (value: number): string => t.people(count(state.lang, value));
  const approximate = { key: "approximate", swatch: "approximate", words: t.approximate, people: n(people.approximate) };
  if (state.coverageMode === "covered") {
    const all = people.covered + people.notCovered;
    const line = (value: number): string => `${n(value)} · ${percent(state.lang, all > 0 ? value / all : null, 2)}`;
    return [
      { key: "yes", swatch: "yes", words: t.covered, people: line(people.covered) },
      { key: "no", swatch: "no", words: t.notCovered, people: line(people.notCovered) },
      approximate,
    ];
  }
  const words = (i: number): string => {
    const low = MINUTE_STEPS[i - 1];
    const high = MINUTE_STEPS[i];
    if (low === undefined) return t.minutesBelow(String(high ?? ""));
    return high === undefined ? t.minutesFrom(String(low)) : t.minutesBetween(String(low), String(high));
  };
  return [
    ...people.minutes.map((value, i) => ({ key: `m${i}`, swatch: String(i + 1), words: words(i), people: n(value) })),
    approximate,
  ];
}

export interface LegendPart extends Part {
  setLoad(load: CoverageLoad): void;
}

export function coverageLegend(actions: Actions): LegendPart {
  let load: CoverageLoad = { kind: "none" };
  const label = h("span", { class: "segment-label", attrs: { id: "coverage-label" } });
  const buttons = MODES.map((mode) => ({
    mode,
    node: h("button", {
      attrs: { type: "button", "data-testid": `coverage-${mode}` },
      on: { click: () => { actions.setCoverage(mode); } },
    }),
  }));
  const segment = h("div", { class: "segment", attrs: { role: "group", "aria-labelledby": "coverage-label" } },
    label, ...buttons.map(({ node }) => node));
  const title = h("h3", { class: "legend-title" });
  const rule = h("p", { class: "quiet" });
  const note = h("p", { class: "quiet" });
  const list = h("ul", { class: "legend-rows" });
  const box = h("div", { class: "legend", attrs: { "data-testid": "coverage-legend" } }, marked(title, "covered"), rule, note, list);
  const node = h("div", { class: "coverage" }, box, segment);

  const rows = new KeyedRows<Entry>(list, (entry) => entry.key, (entry) => {
    const swatch = svg("svg", { viewBox: "0 0 14 14", class: "swatch", "aria-hidden": "true" },
      svg("rect", { width: "14", height: "14", class: `swatch-${entry.swatch}` }));
    if (entry.swatch === "approximate") swatch.append(svg("path", { d: "M-2 9 9-2M1 14 14 1M7 18 18 7", class: "swatch-lines" }));
    const words = h("span");
    const people = h("span", { class: "legend-people" });
    return {
      node: h("li", {}, swatch, words, people),
      update(next) {
        setText(words, next.words);
        setText(people, next.people);
      },
    };
  });

  return {
    node,
    setLoad(next) {
      load = next;
    },
    update(state) {
      const t = catalogue(state.lang);
      const words = { off: t.coverageOff, covered: t.coverageCovered, minutes: t.coverageMinutes };
      setText(label, t.coverage);
      for (const { mode, node: button } of buttons) {
        setText(button, words[mode]);
        setAttr(button, "aria-pressed", String(mode === state.coverageMode));
      }
      show(box, state.coverageMode !== "off");
      setText(title, t.coverageTitle);
      const { coverage } = state;
      show(rule, coverage !== null);
      if (coverage) {
        const target = t.coverageRule(decimal(state.lang, coverage.minutes, 0), decimal(state.lang, coverage.km, 0), coverage.rule);
        setText(rule, `${target}, ${t.travelMode(coverage.mode)}`);
      }
      show(note, load.kind === "loading" || load.kind === "failed");
      setText(note, load.kind === "failed" ? t.coverageFailed : t.coverageLoading);
      rows.update(entries(state, load));
    },
  };
}
