import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CASE_STATES, PRIORITIES } from "../src/live/views.ts";
import type { Case } from "../src/live/views.ts";
import { NOTHING, arrange, inOrder, moveOn, placeOf, reordered, sidesOf, stepFrom } from "../src/room/desk/order.ts";
import type { Arranged } from "../src/room/desk/order.ts";
import { inView } from "../src/room/pages/arrange.ts";
import { aCase, byId } from "./cases.ts";

const ids = ({ rows }: Arranged): string[] => rows.map(({ one }) => one.id);
const raised = (minute: number): string => `2026-11-23T09:${String(minute).padStart(2, "0")}:00+07:00`;

describe("the order of the list", () => {
  test("is what nobody has by priority, then age, then what is in hand, what went unseen, and what is settled, put off or over", () => {
    const cases = [
      aCase("a-1", { raised_at: raised(5) }), aCase("a-2", { raised_at: raised(2) }), aCase("a-3", { priority: "high", raised_at: raised(9) }),
      aCase("a-4", { priority: "high", state: "settled", raised_at: raised(1) }), aCase("a-5", { priority: "low", raised_at: raised(0) }), aCase("a-6", { priority: "odd" as never }),
      aCase("a-7", { priority: "high", state: "returned", standing: false, raised_at: raised(0) }), aCase("a-8", { priority: "low", state: "acknowledged" }),
      aCase("a-9", { priority: "high", state: "acknowledged" }), aCase("a-10", { state: "odd" as never }), aCase("a-11", { state: "closed" }),
    ];
    expect(inOrder(cases).map(({ id }) => id)).toEqual(["a-3", "a-2", "a-1", "a-5", "a-6", "a-9", "a-8", "a-7", "a-4", "a-11", "a-10"]);
  });

  test("is one order whatever order the cases come in, and tells on which side of a row each that waits will stand", () => {
    const cases = fc.uniqueArray(fc.record({ n: fc.nat(30), state: fc.constantFrom(...CASE_STATES), priority: fc.constantFrom(...PRIORITIES), minute: fc.nat(3) }), { selector: ({ n }) => n, minLength: 1, maxLength: 20 });
    fc.assert(fc.property(cases, fc.nat(), (given, at) => {
      const all = given.map(({ n, minute, ...rest }) => aCase(`a-${n}`, { ...rest, raised_at: raised(minute) }));
      const ordered = inOrder(all);
      expect(inOrder(all.toReversed())).toEqual(ordered);
      const place = at % ordered.length;
      const held = ordered[place];
      if (held === undefined) throw new Error("a place in the list");
      expect(sidesOf(all.filter((one) => one !== held), held)).toEqual({ above: place, below: ordered.length - 1 - place });
    }));
  });

  test("is the same where those that have changed alone are put in their places", () => {
    const cases = fc.uniqueArray(fc.record({ n: fc.nat(20), state: fc.constantFrom(...CASE_STATES), priority: fc.constantFrom(...PRIORITIES), minute: fc.nat(3) }), { selector: ({ n }) => n, maxLength: 15 });
    fc.assert(fc.property(cases, cases, (before, after) => {
      const made = (all: typeof before): Case[] => all.map(({ n, minute, ...rest }) => aCase(`a-${n}`, { ...rest, raised_at: raised(minute) }));
      // Some stay as they are, whatever else becomes of the others.
      const [old, now] = [made(before), made(after.filter(({ n }) => n % 3 !== 0))];
      const stay = old.filter(({ id }) => Number(id.slice(2)) % 3 === 0);
      const changed = new Set([...old, ...now].filter((one) => !stay.includes(one)).map(({ id }) => id));
      expect(reordered(inOrder(old), changed, now)).toEqual(inOrder([...stay, ...now]));
    }));
  });

  test("a list that is let go keeps the rows of what has not changed, whatever comes and goes", () => {
    const cases = fc.uniqueArray(fc.record({ n: fc.nat(20), priority: fc.constantFrom(...PRIORITIES) }), { selector: ({ n }) => n, maxLength: 15 });
    fc.assert(fc.property(cases, cases, (before, after) => {
      const known = new Map(before.map(({ n, priority }) => [n, aCase(`a-${n}`, { priority })]));
      const old = arrange(NOTHING, inOrder([...known.values()]), new Map(), false);
      const now = inOrder(after.map(({ n, priority }) => (n % 2 === 0 ? known.get(n) : undefined) ?? aCase(`a-${n}`, { priority })));
      const { rows } = arrange(old, now, new Map(), false);
      expect(rows.map(({ one }) => one)).toEqual(now);
      for (const row of rows) if (old.rows.some(({ one }) => one === row.one)) expect(old.rows).toContain(row);
    }));
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
    expect([placeOf(held, "a-3"), placeOf(moveOn(held, "a-3"), "a-3"), placeOf(held, "a-0")]).toEqual([2, 0, -1]);
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
