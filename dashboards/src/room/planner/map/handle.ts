/**
 * The chosen point's handle over the map: it takes the focus, arrows move the point, Enter drops it; Escape,
 * which the page hears first, takes it back. The mouse goes through it to the map.
 */
import { h, setAttr, show } from "../../../ui/dom.ts";
import { catalogue } from "../../../i18n/index.ts";
import type { Place } from "../changes.ts";
import { isStep, stepped } from "../hold.ts";
import { chosenPoint } from "../state.ts";
import type { Actions, PageState } from "../state.ts";

export interface Handle {
  readonly node: HTMLElement;
  update(state: PageState): void;
  /** The map has moved. */
  place(): void;
  focus(): void;
}

/** `now` is the state as it is, also between two frames: keys come faster than the page is drawn. */
export function handle(actions: Actions, now: () => PageState, project: (at: Place) => { readonly x: number; readonly y: number } | null): Handle {
  const node = h("button", { class: "point-handle", attrs: { type: "button", "data-testid": "point-handle" }, on: { keydown: (event) => { press(event); } } });
  node.hidden = true;

  const where = (): { id: string; at: Place } | null => {
    const state = now();
    const { held } = state;
    if (held !== null) return { id: held.id, at: held.at };
    const point = chosenPoint(state);
    return point === null || point.change === "removed" ? null : { id: point.id, at: point };
  };

  const press = (event: KeyboardEvent): void => {
    const spot = where();
    if (spot === null) return;
    const { held } = now();
    if (isStep(event.key)) actions.hold({ id: spot.id, isNew: held?.isNew ?? null, at: stepped(spot.at, event.key, event.shiftKey) });
    else if (event.key === "Enter" && held !== null) actions.drop();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const place = (): void => {
    const place = where();
    const spot = place === null ? null : project(place.at);
    show(node, spot !== null);
    if (spot !== null) node.style.transform = `translate(${Math.round(spot.x)}px, ${Math.round(spot.y)}px)`;
  };

  return {
    node,
    place,
    focus: () => { node.focus({ preventScroll: true }); },
    update(next) {
      const t = catalogue(next.lang).planner;
      const name = next.held?.isNew?.name ?? chosenPoint(next)?.name ?? "";
      setAttr(node, "aria-label", t.handle(name));
      setAttr(node, "data-held", String(next.held !== null));
      place();
    },
  };
}
