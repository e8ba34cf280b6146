/** Which layer the cells show, its key counted in people, and the marks of the points. */
import { catalogue, wordFor } from "../../../i18n/index.ts";
import type { Lang } from "../../../i18n/index.ts";
import { count, percent } from "../../../i18n/format.ts";
import { h, setText, show, svg } from "../../../ui/dom.ts";
import { Changes } from "../../pages/changes.ts";
import { segment } from "../../pages/segment.ts";
import { CLASSES, LAYERS, UNKNOWN, stepsOf, sumsOf } from "../cells.ts";
import type { Layer, LayerSums } from "../cells.ts";
import { kindGlyph } from "../shapes.ts";
import type { Actions, PageState, Part } from "../state.ts";
import { KINDS } from "../view.ts";
import { COLOURS } from "./style.ts";

interface Entry {
  readonly swatch: string;
  readonly words: string;
  readonly people: number;
}

function classWords(lang: Lang, layer: Layer, k: number): string {
  const t = catalogue(lang);
  if (k === UNKNOWN) return layer === "served" ? t.planner.waitUnknown : t.planner.noRoad;
  if (layer === "reach") return k === 0 ? t.covered : t.notCovered;
  const steps = stepsOf(layer);
  const [low, high] = [steps[k - 1], steps[k]];
  const n = (value: number | undefined): string => count(lang, value);
  const [below, between, from] = layer === "people"
    ? [t.planner.peopleBelow, t.planner.peopleBetween, t.planner.peopleFrom]
    : [t.minutesBelow, t.minutesBetween, t.minutesFrom];
  if (low === undefined) return below(n(high));
  return high === undefined ? from(n(low)) : between(n(low), n(high));
}

function entriesOf(lang: Lang, layer: Layer, sums: LayerSums): Entry[] {
  const classes = layer === "reach" ? 2 : CLASSES;
  const all = [...Array.from({ length: classes }, (_, k) => k), UNKNOWN].map((k) =>
    ({ swatch: k === UNKNOWN ? "none" : (COLOURS[layer][k] ?? "").slice(2), words: classWords(lang, layer, k), people: sums.people[k] ?? 0 }));
  return all.filter(({ swatch, people }) => swatch !== "none" || people > 0);
}

function swatchOf(name: string): SVGElement {
  const box = svg("svg", { viewBox: "0 0 14 14", class: "swatch", "aria-hidden": "true" },
    svg("rect", { width: "14", height: "14", class: `fill-${name}` }));
  const lines: Readonly<Record<string, string>> = { approximate: "M-2 9 9-2M1 14 14 1M7 18 18 7", gained: "M4 1.5v5M1.5 4h5M10 7.5v5M7.5 10h5", lost: "M1 1 6 6M6 1 1 6M8 8l5 5M13 8l-5 5" };
  const path = lines[name];
  if (path !== undefined) box.append(svg("path", { d: path, class: "swatch-mark" }));
  return box;
}

const row = (swatch: Element, words: string, figure: string): HTMLElement =>
  h("li", {}, swatch, h("span", { text: words }), h("span", { class: "legend-people", text: figure }));

export function legend(actions: Actions): Part {
  const layers = segment(LAYERS, "layer", (layer) => { actions.go((view) => ({ ...view, layer })); });
  const rows = h("ul", { class: "legend-rows", attrs: { "data-testid": "legend-rows" } });
  const marks = h("ul", { class: "legend-marks" });
  const note = h("p", { class: "quiet" });
  const summary = h("summary");
  const box = h("details", { class: "legend planner-legend", attrs: { "data-testid": "planner-legend" } }, summary, rows, note, marks);
  box.open = !matchMedia("(max-width: 700px)").matches;
  const node = h("div", { class: "planner-layers" }, box, layers.node);
  const [changes, ofMarks] = [new Changes(), new Changes()];

  const draw = (state: PageState): void => {
    const { lang, view: { layer }, cells, after, served, scenario } = state;
    const t = catalogue(lang);
    const features = cells.value?.features ?? [];
    const sums = sumsOf(layer, features.map(({ properties }) => properties), after, served);
    const entries = entriesOf(lang, layer, sums).map(({ swatch, words, people }) =>
      row(swatchOf(swatch), words, `${count(lang, people)} · ${percent(lang, sums.all > 0 ? people / sums.all : null, 1)}`));
    const { gained = 0, lost = 0, at = null } = scenario.value ?? {};
    rows.replaceChildren(...entries, row(swatchOf("approximate"), t.approximate, count(lang, sums.approximate)),
      ...(gained === 0 ? [] : [row(swatchOf("gained"), t.planner.gainedMark, count(lang, gained))]),
      ...(lost === 0 ? [] : [row(swatchOf("lost"), at === null ? t.planner.lostMark : t.planner.lostAtHour, count(lang, lost))]));
  };

  return {
    node,
    update(state) {
      const { lang, view, cells, after, served } = state;
      const t = catalogue(lang).planner;
      layers.update(t.layer, t.layers, view.layer);
      setText(summary, t.legendOf[view.layer]);
      const isAsking = cells.value === null || (view.layer === "served" && state.queue.value === null);
      show(note, isAsking);
      setText(note, catalogue(lang).coverageLoading);
      show(rows, cells.value !== null);
      if (changes.of(lang, view.layer, cells.value, after, served)) draw(state);
      if (!ofMarks.of(lang)) return;
      const kinds = KINDS.map((kind) => h("li", {}, kindGlyph(kind), h("span", { text: wordFor(catalogue(lang).kinds, kind) })));
      const makes = (["moved", "added", "removed"] as const).map((make) => h("li", {}, kindGlyph("point", make), h("span", { text: t.made[make] })));
      marks.replaceChildren(...kinds, ...makes);
    },
  };
}
