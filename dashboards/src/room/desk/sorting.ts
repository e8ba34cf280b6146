/** Keeps the list in order, and holds it still while one of its rows is under the cursor, or chosen and worked on. */
import { atMostEvery } from "../../ui/frame.ts";
import { Finder } from "../pages/arrange.ts";
import { Changes } from "../pages/changes.ts";
import { fits } from "./filter.ts";
import { arrange, inOrder, moveOn, placeOf, reordered } from "./order.ts";
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
  /** The row under the cursor, empty where the cursor is in the list but over none, `null` where it is elsewhere. */
  point(key: string | null): void;
  /** Whether the focus is in the list or in what stands beside it: the chosen row is held while it is. */
  focus(isIn: boolean): void;
  /** What waits is let in; gives back the first of it. */
  fresh(): string | null;
  /** The person goes to another row; gives back by how many places it has moved up, as what was gone above it has left. */
  moveOn(key: string): number;
}

type Cases = ReadonlyMap<string, Case>;

/** Cases that were put in order, and what they were put in order by beside themselves. */
interface Ordered {
  readonly all: Cases;
  readonly wanted: readonly Case[];
  readonly by: readonly unknown[];
}

/** The ids of what is another now, has come or is gone. */
function changedIn(before: Cases, now: Cases): Set<string> {
  const changed = new Set<string>();
  for (const [id, one] of now) if (before.get(id) !== one) changed.add(id);
  for (const id of before.keys()) if (!now.has(id)) changed.add(id);
  return changed;
}

export function sorting(state: () => PageState, put: (patch: Partial<PageState>) => void): Sorting {
  let over: string | null = null;
  let isIn = false;
  let said: { lang: string; places: unknown; rules: unknown } | null = null;
  let ordered: Ordered | null = null;
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
    const isWorkedOn = isIn && key !== "" && now.list.rows.some(({ one }) => one.id === key);
    const isHeld = !isForced && (over !== null || isWorkedOn);
    // Time alone puts nothing in another place.
    if (!changes.of(all, filter, seat, now.lang, now.places, now.rules, isHeld) && !isForced) return;
    const found = (some: readonly Case[]): readonly Case[] => finder.find(some.filter((one) => fits(filter, seat, one)), filter.find);
    const by = [filter, seat, now.lang, now.places, now.rules];
    let wanted: readonly Case[];
    if (ordered !== null && by.every((one, i) => one === ordered?.by[i])) {
      // Of ten thousand a few have changed: those alone are looked for a place for.
      const changed = changedIn(ordered.all, all);
      wanted = reordered(ordered.wanted, changed, found([...changed].flatMap((id) => all.get(id) ?? [])));
    } else wanted = inOrder(found([...all.values()]));
    ordered = { all, wanted, by };
    put({ list: arrange(now.list, wanted, all, isHeld), pointed: over });
  };
  const soon = atMostEvery(SOON_MS, () => { order(false); });
  return {
    soon,
    now: () => { order(true); },
    point: (key) => {
      const isLeft = key === null && over !== null;
      over = key;
      // Only what waits is told by it.
      if (over !== state().pointed && state().list.waiting.length > 0) put({ pointed: over });
      if (isLeft) soon();
    },
    focus: (isNow) => {
      const isLeft = isIn && !isNow;
      isIn = isNow;
      if (isLeft) soon();
    },
    fresh: () => {
      const first = state().list.waiting[0]?.id ?? null;
      order(true);
      return first;
    },
    moveOn: (key) => {
      const { list } = state();
      if (over !== null) return 0;
      const moved = moveOn(list, key);
      if (moved === list) return 0;
      put({ list: moved });
      return placeOf(list, key) - placeOf(moved, key);
    },
  };
}
