/** The chosen point by keyboard and without a map: found by name, moved by steps or to a typed place, removed, put back. */
import { catalogue, wordFor } from "../../../i18n/index.ts";
import { h, setText, show } from "../../../ui/dom.ts";
import { Changes } from "../../pages/changes.ts";
import { choice } from "../../pages/choice.ts";
import { field } from "../../pages/form.ts";
import { Picker } from "../../pages/picker.ts";
import { called, moved, removed, restored } from "../changes.ts";
import type { ShownPoint } from "../changes.ts";
import { stepped } from "../hold.ts";
import { chosenPoint } from "../state.ts";
import type { Actions, PageState, Part } from "../state.ts";
import { KINDS } from "../view.ts";
import { kindGlyph } from "../shapes.ts";

const STEPS = [["ArrowUp", "↑"], ["ArrowLeft", "←"], ["ArrowRight", "→"], ["ArrowDown", "↓"]] as const;
/** A place in the city, as people copy it from a map: a comma or a blank between, a point before decimals. */
const PLACE = /^\s*(\d{2,3}\.\d+)\s*[,;\s]\s*(\d{2,3}\.\d+)\s*$/;

/** Latitude first or longitude first: in this city one cannot be taken for the other. Pure. */
export function placeIn(text: string): { lon: number; lat: number } | null {
  const [, a = "", b = ""] = PLACE.exec(text) ?? [];
  const [first, second] = [Number(a), Number(b)];
  if (a === "" || b === "") return null;
  return first > second ? { lon: first, lat: second } : { lon: second, lat: first };
}

export function pointForm(actions: Actions): Part {
  const picker = new Picker("point-picker", (id) => { actions.choosePoint(id); });
  const box = h("div", { class: "point-box", attrs: { "data-testid": "point-box" } });
  const status = h("p", { class: "form-status", attrs: { role: "status" } });
  const node = h("div", { class: "point-form" }, h("div", { class: "tool" }, picker.node), box, status);
  const [changes, ofPicker] = [new Changes(), new Changes()];

  const button = (testid: string, words: string, run: () => void, label = ""): HTMLButtonElement =>
    h("button", { class: "plain", text: words, attrs: { type: "button", "data-testid": testid, ...(label === "" ? {} : { "aria-label": label }) }, on: { click: run } });

  const draw = (state: PageState, point: ShownPoint): void => {
    const { lang } = state;
    const t = catalogue(lang).planner;
    const { id, kind, change } = point;
    const name = field(t.pointName, "point-name", false);
    name.input.value = point.name;
    const kinds = choice(t.kind, "point-kind", KINDS.map((one) => [one, wordFor(catalogue(lang).kinds, one)]));
    kinds.select.value = kind;
    const rename = (): void => { actions.change((all) => called(all, id, name.input.value.trim() === "" ? point.name : name.input.value.trim(), kinds.select.value)); };
    name.input.addEventListener("change", rename);
    kinds.select.addEventListener("change", rename);

    const place = field(t.place, "point-place", false);
    place.input.value = `${point.lat.toFixed(5)}, ${point.lon.toFixed(5)}`;
    place.input.addEventListener("change", () => {
      const to = placeIn(place.input.value);
      setText(status, to === null ? t.needPlace : "");
      if (to !== null) actions.change((all) => moved(all, id, to));
    });
    const steps = STEPS.map(([key, mark]) => button(`step-${key}`, mark, () => { actions.change((all) => moved(all, id, stepped(point, key, false))); }, t.steps[key]));
    const isGone = change === "removed";
    const act = isGone || change === "moved"
      ? button("restore", isGone ? t.restore : t.putBack, () => { actions.change((all) => restored(all, id)); })
      : null;
    const away = isGone ? null : button("remove", t.remove, () => { actions.change((all) => removed(all, id)); });
    const focused = box.contains(document.activeElement) && document.activeElement instanceof HTMLElement ? document.activeElement.dataset["testid"] : undefined;
    box.replaceChildren(
      h("p", { class: "point-head" }, kindGlyph(kind, change), h("strong", { text: point.name }), h("span", { class: "quiet", text: change === "none" ? wordFor(catalogue(lang).kinds, kind) : t.made[change] })),
      ...(change === "added" ? [h("div", { class: "fields" }, name.node, kinds.node)] : []),
      ...(isGone ? [] : [h("div", { class: "point-place" }, place.node, h("div", { class: "steps", attrs: { role: "group", "aria-label": t.stepsLabel } }, ...steps))]),
      h("div", { class: "part-line" }, act, away, h("span", { class: "quiet", text: isGone ? "" : t.keysHint })),
    );
    if (focused !== undefined) box.querySelector<HTMLElement>(`[data-testid="${focused}"]`)?.focus();
  };

  return {
    node,
    update(state) {
      const t = catalogue(state.lang).planner;
      const words = { label: t.choosePoint, any: t.noPoint, none: catalogue(state.lang).pages.noneFound };
      if (ofPicker.of(state.lang, state.points, state.view.point)) picker.update(state.points.map(({ id, name }) => ({ code: id, name })), state.view.point, words);
      const point = chosenPoint(state);
      show(box, point !== null);
      show(status, point !== null);
      if (!changes.of(state.lang, point?.id, point?.change, point?.lon, point?.lat, point?.name, point?.kind)) return;
      if (point === null) box.replaceChildren();
      else draw(state, point);
      setText(status, "");
    },
  };
}
