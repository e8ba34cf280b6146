/** A small model of the server's side of a topic: the keyed view, its deltas, and the answers to a subscribe. */
import type { DeltaFrame, Since, ViewFrame } from "../src/live/frames.ts";

type Value = number;
const START = Date.parse("2026-11-23T08:00:00+07:00");

export class ModelServer {
  readonly #topic: string;
  readonly #kept: number;
  #epoch = 0;
  #offset = 0;
  #view = new Map<string, Value>();
  #deltas: DeltaFrame[] = [];
  #ticks = 0;

  constructor(topic: string, kept: number) {
    this.#topic = topic;
    this.#kept = kept;
  }

  get view(): ReadonlyMap<string, Value> {
    return this.#view;
  }

  get epoch(): string {
    return `e${this.#epoch}`;
  }

  get asOf(): string {
    return new Date(START + this.#ticks * 1000).toISOString();
  }

  change(key: string, value: Value | null): DeltaFrame {
    this.#ticks += 1;
    if (value === null) this.#view.delete(key);
    else this.#view.set(key, value);
    const data = value === null ? { set: {}, remove: [key] } : { set: { [key]: value }, remove: [] };
    const delta: DeltaFrame = { kind: "delta", ...this.#head(this.#offset + 1), prev: this.#offset, data };
    this.#offset += 1;
    this.#deltas = [...this.#deltas, delta].slice(-this.#kept);
    return delta;
  }

  restart(): void {
    this.#epoch += 1;
    this.#offset = 0;
    this.#deltas = [];
  }

  answer(since: Since | undefined): ViewFrame {
    const missed = since?.epoch === this.epoch ? this.#since(since.offset) : null;
    if (missed !== null && since) {
      return { ...merge(missed, { kind: "delta", ...this.#head(this.#offset), prev: since.offset, data: { set: {}, remove: [] } }), recovered: true };
    }
    return { kind: "snapshot", ...this.#head(this.#offset), recovered: false, data: Object.fromEntries(this.#view) };
  }

  #since(offset: number): DeltaFrame[] | null {
    if (offset > this.#offset || this.#offset - offset > this.#deltas.length) return null;
    return this.#deltas.filter((delta) => delta.offset > offset);
  }

  #head(offset: number): { topic: string; epoch: string; offset: number; as_of: string } {
    return { topic: this.#topic, epoch: this.epoch, offset, as_of: this.asOf };
  }
}

/** Several deltas in a row as one, as the server merges them for a slow reader; `empty` stands in for none. */
export function merge(deltas: readonly DeltaFrame[], empty: DeltaFrame): DeltaFrame {
  const [first] = deltas;
  const last = deltas.at(-1);
  if (!first || !last) return empty;
  const set = new Map<string, unknown>();
  const remove = new Set<string>();
  for (const { data } of deltas) {
    for (const key of data.remove) {
      remove.add(key);
      set.delete(key);
    }
    for (const [key, value] of Object.entries(data.set)) {
      remove.delete(key);
      set.set(key, value);
    }
  }
  return { ...last, prev: first.prev, data: { set: Object.fromEntries(set), remove: [...remove] } };
}
