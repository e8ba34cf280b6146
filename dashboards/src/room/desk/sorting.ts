/** Keeps the list in order, and holds it still while it is being pointed at or one of its rows is chosen. */
import { atMostEvery } from "../../ui/frame.ts";
import { Finder } from "../pages/arrange.ts";
import { Changes } from "../pages/changes.ts";
import { fits } from "./filter.ts";
import { arrange, inOrder, moveOn } from "./order.ts";
import type { Case } from "../../live/views.ts";
import { casesOf } from "./state.ts";
import type { PageState } from "./state.ts";
import { foundBy } from "./words.ts";

/** Alerts are seen within 200 ms; more often, thousands would be put in order for nobody. */
const SOON_MS = 100;

export interface Sorting {
  /** Something has changed: what is held stays. */
  soon(): void;
  /** The list is another: all is put in order anew. */
  now(): void;
  hold(isOver: boolean): void;
  /** What waits is let in; gives back the first of it. */
  fresh(): string | null;
  /** The person goes to another row. */
  moveOn(key: string): void;
}

export function sorting(state: () => PageState, put: (patch: Partial<PageState>) => void): Sorting {
  let isOver = false;
  let said: { lang: string; places: unknown; rules: unknown } | null = null;
  const changes = new Changes();
  const finder = new Finder<Case>((one) => foundBy(state(), one));

  const order = (isForced: boolean): void => {
    const now = state();
    if (now.alerts === null) return;
    // Words that cases are found by have changed.
    if (said?.lang !== now.lang || said.places !== now.places || said.rules !== now.rules) {
      finder.forget();
      said = { lang: now.lang, places: now.places, rules: now.rules };
    }
    const all = casesOf(now);
    const { view: { filter, key }, seat } = now;
    const isChosen = key !== "" && now.list.rows.some(({ one }) => one.id === key);
    const isHeld = !isForced && (isOver || isChosen);
    // Time alone puts nothing in another place.
    if (!changes.of(all, filter, seat, now.lang, now.places, now.rules, isHeld) && !isForced) return;
    const fit: Case[] = [];
    for (const one of all.values()) if (fits(filter, seat, one)) fit.push(one);
    const wanted = inOrder(finder.find(fit, filter.find));
    put({ list: arrange(now.list, wanted, all, isHeld) });
  };
  const soon = atMostEvery(SOON_MS, () => { order(false); });
  return {
    soon,
    now: () => { order(true); },
    hold: (over) => {
      isOver = over;
      if (!over) soon();
    },
    fresh: () => {
      const first = state().list.waiting[0]?.id ?? null;
      order(true);
      return first;
    },
    moveOn: (key) => { if (!isOver) put({ list: moveOn(state().list, key) }); },
  };
}
