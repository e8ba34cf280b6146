/** What the pointer is on: a point with what is made of it, or a cell with how it is reached. */
import { catalogue, wordFor } from "../../../i18n/index.ts";
import { count, decimal } from "../../../i18n/format.ts";
import { h, setText, show } from "../../../ui/dom.ts";
import { shortName } from "../../supervision/names.ts";
import type { PageState } from "../state.ts";
import { nameOf } from "../words.ts";
import type { Under } from "./view.ts";

interface Tip {
  readonly node: HTMLElement;
  draw(state: PageState, under: Under | null): void;
}

export function tooltip(): Tip {
  const name = h("strong");
  const lines = [h("p"), h("p"), h("p", { class: "quiet" })] as const;
  const node = h("div", { class: "tooltip", attrs: { role: "tooltip" } }, name, ...lines);
  show(node, false);

  const ofPoint = (state: PageState, id: string): readonly string[] | null => {
    const t = catalogue(state.lang);
    const point = state.points.find((one) => one.id === id);
    if (point === undefined) return null;
    const told = state.scenario.value?.points.find((one) => one.id === id);
    return [
      shortName(point),
      `${wordFor(t.kinds, point.kind)}${point.change === "none" ? "" : ` · ${t.planner.made[point.change]}`}`,
      told === undefined ? "" : t.planner.pointPeople(count(state.lang, told.people), count(state.lang, told.rescued)),
      point.change === "removed" ? "" : t.planner.takeHint,
    ];
  };
  const ofCell = (state: PageState, id: string): readonly string[] | null => {
    const t = catalogue(state.lang);
    const cell = state.byId.get(id);
    if (cell === undefined) return null;
    const reach = state.after.get(id) ?? cell;
    const nearest = state.after.get(id)?.nearest ?? cell.nearest_by_time ?? null;
    const served = state.served.get(id);
    const travel = reach.minutes === null ? t.planner.noRoad : `${decimal(state.lang, reach.minutes)} ${t.unitMinutes} · ${decimal(state.lang, reach.km)} km`;
    return [
      state.places.names.unit(cell.unit),
      `${t.people(count(state.lang, cell.population))} · ${reach.covered ? t.covered : t.notCovered}`,
      [travel, nearest === null ? "" : nameOf(state, nearest)].filter((one) => one !== "").join(" → "),
      [
        state.view.layer === "served" && served !== undefined ? t.planner.servedIn(decimal(state.lang, served.total), decimal(state.lang, served.wait)) : "",
        cell.approximate ? t.approximate : "",
      ].filter((one) => one !== "").join(" · "),
    ];
  };

  return {
    node,
    draw(state, under) {
      const words = under === null || state.held !== null ? null : under.point !== null ? ofPoint(state, under.point) : under.cell === null ? null : ofCell(state, under.cell);
      show(node, words !== null);
      if (under === null || words === null) return;
      const [head = "", ...rest] = words;
      setText(name, head);
      for (const [i, line] of lines.entries()) {
        setText(line, rest[i] ?? "");
        show(line, (rest[i] ?? "") !== "");
      }
      const box = node.parentElement?.getBoundingClientRect();
      const { width, height } = node.getBoundingClientRect();
      const x = box !== undefined && under.x + 16 + width > box.width ? under.x - width - 12 : under.x + 16;
      const y = box !== undefined && under.y + 12 + height > box.height ? under.y - height - 8 : under.y + 12;
      node.style.transform = `translate(${Math.max(4, Math.round(x))}px, ${Math.max(4, Math.round(y))}px)`;
    },
  };
}
