import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Case } from "../src/live/views.ts";
import { sorting } from "../src/room/desk/sorting.ts";
import type { Sorting } from "../src/room/desk/sorting.ts";
import { start, withKey } from "../src/room/desk/state.ts";
import type { PageState } from "../src/room/desk/state.ts";
import { aCase, byId } from "./cases.ts";

const LINK = { phase: "live", lastFrameAt: null, recoveredAt: null, retryAt: null } as const;

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

interface Desk {
  readonly sorting: Sorting;
  state(): PageState;
  ids(): string[];
  waiting(): string[];
  tell(...cases: Case[]): void;
  choose(key: string): void;
}

function aDesk(...cases: Case[]): Desk {
  let state = start("vi", LINK, "");
  const put = (patch: Partial<PageState>): void => { state = { ...state, ...patch }; };
  const made = sorting(() => state, put);
  const desk: Desk = {
    sorting: made,
    state: () => state,
    ids: () => state.list.rows.map(({ one }) => one.id),
    waiting: () => state.list.waiting.map(({ id }) => id),
    tell: (...all) => {
      put({ alerts: { clock: null, desk: null, cases: byId(all) } });
      made.soon();
      vi.advanceTimersByTime(200);
    },
    choose: (key) => { put({ view: withKey(state.view, key) }); },
  };
  desk.tell(...cases);
  return desk;
}

const [first, second] = [aCase("a-1", { raised_at: "2026-11-23T09:01:00+07:00" }), aCase("a-2", { raised_at: "2026-11-23T09:02:00+07:00" })];
const gone = { ...first, state: "returned", standing: false } as const;
const high = aCase("a-3", { priority: "high", raised_at: "2026-11-23T09:03:00+07:00" });
const acknowledged = { ...second, state: "acknowledged" } as const;

describe("a list that is let go", () => {
  test("is in order at once: new by priority, then what is in hand, then what is gone", () => {
    const desk = aDesk(first, second);
    desk.tell(gone, acknowledged, high);
    expect(desk.ids()).toEqual(["a-3", "a-2", "a-1"]);
  });

  test("a row under the cursor holds it: what is gone stays above, what is new waits; the cursor's leaving lets go", () => {
    const desk = aDesk(first, second);
    desk.sorting.point("a-2");
    desk.tell(gone, acknowledged, high);
    expect([desk.ids(), desk.waiting()]).toEqual([["a-1", "a-2"], ["a-3"]]);
    expect(desk.state().pointed).toBe("a-2");
    desk.sorting.point("a-1");
    expect(desk.state().pointed).toBe("a-1");
    desk.sorting.point(null);
    vi.advanceTimersByTime(200);
    expect([desk.ids(), desk.waiting(), desk.state().pointed]).toEqual([["a-3", "a-2", "a-1"], [], null]);
  });

  test("a chosen row holds it while the focus is there, and no longer", () => {
    const desk = aDesk(first, second);
    desk.choose("a-2");
    desk.tell(first, second, high);
    expect(desk.ids(), "chosen, and nobody is there").toEqual(["a-3", "a-1", "a-2"]);
    desk.sorting.focus(true);
    desk.tell(first, acknowledged);
    expect(desk.state().list.rows.map(({ one, isGone }) => [one.id, isGone])).toEqual([["a-3", true], ["a-1", false], ["a-2", false]]);
    desk.tell(gone, acknowledged, aCase("a-4"));
    expect([desk.ids(), desk.waiting()]).toEqual([["a-3", "a-1", "a-2"], ["a-4"]]);
    desk.sorting.focus(false);
    vi.advanceTimersByTime(200);
    expect([desk.ids(), desk.waiting()]).toEqual([["a-4", "a-2", "a-1"], []]);
  });

  test("the focus alone, with no row chosen, holds nothing", () => {
    const desk = aDesk(first);
    desk.sorting.focus(true);
    desk.tell(first, high);
    expect(desk.ids()).toEqual(["a-3", "a-1"]);
  });

  test("what waits is let in when it is called for, and who moves on is told how far the row has moved up", () => {
    const desk = aDesk(first, second, high);
    desk.choose("a-2");
    desk.sorting.focus(true);
    desk.tell(second, aCase("a-5", { priority: "low" }));
    expect(desk.sorting.moveOn("a-2")).toBe(2);
    expect([desk.ids(), desk.sorting.moveOn("a-2")]).toEqual([["a-2"], 0]);
    expect(desk.sorting.fresh()).toBe("a-5");
    expect([desk.ids(), desk.waiting()]).toEqual([["a-2", "a-5"], []]);
  });
});
