import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CASE_STATES, PRIORITIES } from "../src/live/views.ts";
import type { Case } from "../src/live/views.ts";
import { NOTHING, arrange, inOrder, moveOn, stepFrom } from "../src/room/desk/order.ts";
import type { Arranged } from "../src/room/desk/order.ts";
import { inView } from "../src/room/pages/arrange.ts";
import { aCase, byId } from "./cases.ts";

const ids = ({ rows }: Arranged): string[] => rows.map(({ one }) => one.id);
const raised = (minute: number): string => `2026-11-23T09:${String(minute).padStart(2, "0")}:00+07:00`;

describe("the order of the list", () => {
  test("is priority, then age; what is settled, put off or over stands after what waits for somebody", () => {
    const cases = [
      aCase("a-1", { raised_at: raised(5) }), aCase("a-2", { raised_at: raised(2) }), aCase("a-3", { priority: "high", raised_at: raised(9) }),
      aCase("a-4", { priority: "high", state: "settled", raised_at: raised(1) }), aCase("a-5", { priority: "low", raised_at: raised(0) }), aCase("a-6", { priority: "odd" as never }),
    ];
    expect(inOrder(cases).map(({ id }) => id)).toEqual(["a-3", "a-2", "a-1", "a-5", "a-6", "a-4"]);
  });

  test("ten thousand are in order, and of them only those in view are made", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => aCase(`a-${i}`, { priority: PRIORITIES[i % 3] ?? "low", raised_at: raised(i % 60) }));
    const { rows } = arrange(NOTHING, inOrder(many), byId(many), false);
    expect(rows.length).toBe(10_000);
    for (const top of [0, 5_000, 270_000, 540_000]) {
      const { from, to } = inView(rows.length, 54, top, 850, 6);
      expect(to - from).toBeLessThanOrEqual(30);
    }
  });
});

describe("a list that is held", () => {
  const [a, b, c] = [aCase("a-1", { raised_at: raised(1) }), aCase("a-2", { raised_at: raised(2) }), aCase("a-3", { raised_at: raised(3) })];
  const first = arrange(NOTHING, [a, b, c], byId([a, b, c]), true);

  test("is filled when it was empty", () => {
    expect(ids(first)).toEqual(["a-1", "a-2", "a-3"]);
  });

  test("lets nothing in that is new, and changes what it has in place", () => {
    const high = aCase("a-9", { priority: "high" });
    const changed = { ...c, priority: "high" as const };
    const all = [high, changed, a, b];
    const held = arrange(first, inOrder(all), byId(all), true);
    expect(ids(held)).toEqual(["a-1", "a-2", "a-3"]);
    expect(held.rows[2]?.one).toBe(changed);
    expect(held.rows[0]).toBe(first.rows[0]);
    expect(held.waiting).toEqual([high]);
    expect(ids(arrange(held, inOrder(all), byId(all), false))).toEqual(inOrder(all).map(({ id }) => id));
  });

  test("what no longer belongs keeps its place as gone until one moves on; what was closed is said so", () => {
    const shelved = { ...b, state: "shelved" as const };
    const held = arrange(first, [c], byId([shelved, c]), true);
    expect(held.rows.map(({ one, isGone }) => [one.id, one.state, isGone])).toEqual([["a-1", "closed", true], ["a-2", "shelved", true], ["a-3", "new", false]]);
    expect(ids(moveOn(held, "a-2"))).toEqual(["a-2", "a-3"]);
    expect(moveOn(first, "a-1")).toBe(first);
    expect(arrange(held, [a, c], byId([a, b, c]), true).rows[0]?.isGone).toBe(false);
  });

  test("holds for any changes: no row moves, none is lost, and what waits is what was not there", () => {
    const cases = fc.uniqueArray(fc.record({ n: fc.nat(30), state: fc.constantFrom(...CASE_STATES), priority: fc.constantFrom(...PRIORITIES) }), { selector: ({ n }) => n, minLength: 1, maxLength: 20 });
    const made = (all: readonly { n: number; state: Case["state"]; priority: Case["priority"] }[]): Case[] => all.map(({ n, state, priority }) => aCase(`a-${n}`, { state, priority }));
    fc.assert(fc.property(cases, fc.array(cases, { maxLength: 5 }), (begin, later) => {
      const start = made(begin);
      let now = arrange(NOTHING, inOrder(start), byId(start), false);
      const places = ids(now);
      for (const step of later) {
        const all = made(step);
        const wanted = inOrder(all.filter(({ state }) => state !== "closed"));
        now = arrange(now, wanted, byId(all), true);
        expect(ids(now)).toEqual(places);
        expect(now.waiting.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id).filter((id) => !places.includes(id)));
      }
    }));
  });
});

describe("going through the list", () => {
  const cases = ["a-1", "a-2", "a-3"].map((id) => aCase(id));
  const list = arrange(NOTHING, cases, byId(cases), false);
  const to = (key: string, step: number): string | undefined => stepFrom(list, key, step)?.id;

  test("stops at its ends, and begins at one where nothing is chosen", () => {
    expect([to("a-1", 1), to("a-3", 1), to("a-1", -1), to("", 1), to("", -1), to("a-9", 1), to("a-1", Infinity), to("a-3", -Infinity)]).toEqual(["a-2", "a-3", "a-1", "a-1", "a-3", "a-1", "a-3", "a-1"]);
    expect(stepFrom(NOTHING, "", 1)).toBeNull();
  });
});
