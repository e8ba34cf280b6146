/** The strip of the city's figures. */
import { catalogue } from "../../../i18n/index.ts";
import { KeyedRows, h, setAttr, setText, show, svg } from "../../../ui/dom.ts";
import type { Row } from "../../../ui/dom.ts";
import { explainedLabel } from "../../../guide/button.ts";
import { STRIP } from "../../../guide/keys.ts";
import { access, isBounded } from "../../../signin/access.ts";
import { partWords } from "../../../signin/words.ts";
import type { Names } from "../../pages/names.ts";
import { viewAge } from "../state.ts";
import type { Part, RoomState } from "../state.ts";
import { cityFigures } from "./model.ts";
import type { Figure, Gauge } from "./model.ts";
import { partFigures } from "./part.ts";

interface Drawn {
  readonly figure: Figure;
  readonly age: string;
  readonly verdict: string;
}

// Drawn as SVG, so that lengths are attributes and no element needs an inline style.
function gaugeNode(): { node: SVGElement; draw(gauge: Gauge): void } {
  const track = svg("rect", { x: "0", y: "3", width: "100", height: "2", class: "gauge-track" });
  const value = svg("rect", { x: "0", y: "3", height: "2", class: "gauge-value" });
  const band = svg("rect", { y: "1.5", height: "5", class: "gauge-band" });
  const target = svg("rect", { y: "0", width: "0.8", height: "8", class: "gauge-target" });
  const node = svg("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", class: "gauge", "aria-hidden": "true" },
    track, value, band, target);
  return {
    node,
    draw(gauge) {
      const { value: length, low, high } = gauge;
      setAttr(value, "width", String(100 * length));
      setAttr(target, "x", String(100 * gauge.target - 0.4));
      setAttr(band, "x", String(100 * (low ?? 0)));
      setAttr(band, "width", String(low === undefined || high === undefined ? 0 : Math.max(0.6, 100 * (high - low))));
    },
  };
}

function cell(): Row<Drawn> {
  const name = explainedLabel();
  const label = h("h3", { class: "figure-label" }, name.node);
  const number = h("span", { class: "figure-number" });
  const unit = h("span", { class: "figure-unit" });
  const verdict = h("span", { class: "figure-verdict" });
  const target = h("span", { class: "figure-target quiet" });
  const detail = h("p", { class: "figure-detail" });
  const source = h("p", { class: "figure-source quiet" });
  const gauge = gaugeNode();
  const aim = h("p", { class: "figure-aim" }, target, verdict);
  const node = h("article", { class: "figure", attrs: { "data-testid": "figure" } },
    label, h("p", { class: "figure-value" }, number, unit), gauge.node, aim, detail, source);

  return {
    node,
    update({ figure, age, verdict: word }) {
      setAttr(node, "data-key", figure.key);
      setAttr(node, "data-verdict", figure.verdict);
      setAttr(node, "data-value", figure.value);
      name.update(STRIP[figure.key] ?? null, figure.label);
      setText(number, figure.value);
      setText(unit, figure.unit);
      setText(target, figure.target);
      setText(verdict, word);
      setText(detail, figure.detail);
      setAttr(node, "title", figure.hint ?? null);
      setText(source, age === "" ? figure.source : `${figure.source} · ${age}`);
      show(aim, figure.target !== "");
      gauge.node.classList.toggle("gauge-empty", figure.gauge === null);
      if (figure.gauge) gauge.draw(figure.gauge);
    },
  };
}

export function figures(names: () => Names): Part {
  const title = h("h2", { class: "hidden-title" });
  const cells = h("div", { class: "figures-row" });
  const empty = h("p", { class: "figures-empty quiet" });
  const part = h("p", { class: "figures-part", attrs: { "data-testid": "figures-part" } });
  const node = h("section", { class: "figures", attrs: { "data-testid": "figures" } }, title, part, cells, empty);
  const rows = new KeyedRows<Drawn>(cells, ({ figure }) => figure.key, cell);

  const verdictWord = (state: RoomState, figure: Figure): string => {
    if (figure.verdict === null) return "";
    const t = catalogue(state.lang);
    return { met: t.met, missed: t.missed, undecided: t.undecided }[figure.verdict];
  };

  return {
    node,
    update(state) {
      const t = catalogue(state.lang);
      setText(title, t.figures);
      const known = state.city?.figures ?? null;
      // Who is for a part of the city is not told the city's own figures: their points stand there, and whose they are.
      const isPart = state.city !== null && known === null && isBounded(access());
      show(empty, known === null && !isPart);
      setText(empty, t.waitingForData);
      show(part, isPart);
      setText(part, isPart ? t.access.part(partWords(state.lang, access(), names())) : "");
      setAttr(node, "data-part", isPart ? "true" : null);
      if (known === null && !isPart) return;
      const age = viewAge(state);
      const all = known === null ? partFigures(state.lang, state.city?.sites ?? []) : cityFigures(state.lang, known);
      rows.update(all.map((figure) => ({ figure, age, verdict: verdictWord(state, figure) })));
    },
  };
}
