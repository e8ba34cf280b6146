import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DeltaFrame, ViewFrame } from "../src/live/frames.ts";
import { sinceOf, step } from "../src/live/reducer.ts";
import type { TopicState } from "../src/live/reducer.ts";
import { ModelServer, merge } from "./server.ts";

type Move =
  | { kind: "change"; key: string; value: number | null }
  | { kind: "deliver" | "drop" | "duplicate" | "merge" | "reconnect" | "restart" | "late" };

const key = fc.constantFrom("clock", "site/1", "site/2", "site/3", "e/10");
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("change" as const), key, value: fc.option(fc.integer({ min: 0, max: 9 })) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom("deliver" as const, "merge" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("drop" as const, "duplicate" as const, "late" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("reconnect" as const, "restart" as const) }) },
);

/** A reader on a bad line: frames wait in `wire` until they are delivered, and may be lost, doubled or merged. */
class Reader {
  readonly server: ModelServer;
  state: TopicState | null = null;
  wire: ViewFrame[] = [];
  seen: ViewFrame[] = [];

  constructor(server: ModelServer) {
    this.server = server;
    this.ask();
  }

  ask(): void {
    this.take(this.server.answer(sinceOf(this.state)));
  }

  take(frame: ViewFrame): void {
    this.seen.push(frame);
    const { state, outcome } = step(this.state, frame);
    this.state = state;
    // A gap is always made good by asking; an answer never leaves one, unless the epoch is another.
    if (outcome === "gap") {
      const answer = this.server.answer(sinceOf(this.state));
      const after = step(this.state, answer);
      expect(after.outcome).not.toBe("gap");
      this.state = after.state;
      this.wire = [];
    }
  }

  play(one: Move): void {
    switch (one.kind) {
      case "change":
        this.wire.push(this.server.change(one.key, one.value));
        break;
      case "deliver": {
        const frame = this.wire.shift();
        if (frame) this.take(frame);
        break;
      }
      case "drop":
        this.wire.shift();
        break;
      case "duplicate":
        if (this.wire[0]) this.wire.unshift(this.wire[0]);
        break;
      case "late": {
        // An old frame turns up again long after its turn.
        const old = this.seen[Math.floor(this.seen.length / 2)];
        if (old?.epoch === this.server.epoch) this.take(old);
        break;
      }
      case "merge": {
        const run = this.wire.filter((frame): frame is DeltaFrame => frame.kind === "delta" && frame.epoch === this.server.epoch);
        const [first] = run;
        const unbroken = run.every((frame, i) => i === 0 || frame.prev === run[i - 1]?.offset);
        if (first && unbroken) this.wire = [merge(run, first)];
        break;
      }
      case "reconnect":
        this.wire = [];
        this.ask();
        break;
      case "restart":
        this.wire = [];
        this.server.restart();
        this.ask();
        break;
    }
  }

  /** The line is quiet: what is under way arrives, then one more change shows any hole at the end. */
  settle(): void {
    while (this.wire.length > 0) this.play({ kind: "deliver" });
    this.take(this.server.change("clock", 1));
  }
}

describe("a topic's mirror", () => {
  test("equals the server's view once quiet, whatever the line did", () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 120 }), fc.integer({ min: 0, max: 12 }), (moves, kept) => {
        const server = new ModelServer("city", kept);
        const reader = new Reader(server);
        for (const one of moves) reader.play(one);
        reader.settle();
        expect(Object.fromEntries(reader.state?.data ?? [])).toEqual(Object.fromEntries(server.view));
        expect(reader.state?.epoch).toBe(server.epoch);
        expect(reader.state?.asOf).toBe(server.asOf);
      }),
      { numRuns: 400 },
    );
  });

  const start = new ModelServer("city", 50);
  start.change("site/1", 1);
  const { state: first } = step(null, start.answer(undefined));

  test("keeps an older state untouched when a newer one is made", () => {
    const next = step(first, start.change("site/1", 2));
    expect(next.outcome).toBe("applied");
    expect(first?.data.get("site/1")).toBe(1);
    expect(next.state?.data.get("site/1")).toBe(2);
  });

  test("sees a gap when a delta begins after what it has, and changes nothing", () => {
    const ahead: DeltaFrame = { kind: "delta", topic: "city", epoch: "e0", prev: 9, offset: 10, as_of: start.asOf, data: { set: { x: 1 }, remove: [] } };
    expect(step(first, ahead)).toEqual({ state: first, outcome: "gap" });
    expect(step(first, { ...ahead, epoch: "e1" }).outcome).toBe("gap");
    expect(step(null, ahead).outcome).toBe("gap");
  });

  test("an answer that brings nothing new moves only the time", () => {
    const empty: DeltaFrame = { kind: "delta", topic: "city", epoch: "e0", prev: 1, offset: 1, recovered: true, as_of: "2026-11-23T09:00:00+07:00", data: { set: {}, remove: [] } };
    const next = step(first, empty);
    expect(next.state?.asOf).toBe("2026-11-23T09:00:00+07:00");
    expect(next.state?.data).toBe(first?.data);
  });
});
