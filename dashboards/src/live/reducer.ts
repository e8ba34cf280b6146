/**
 * How a topic's mirror follows the server: a pure step from a state and a frame to the next state.
 *
 * A delta carries the final value of every key that changed after `prev`, so one that begins at or before the
 * reader's offset and ends after it can be applied whole: what the reader already has is overwritten by values
 * at least as new. One that ends at or before the offset is a repetition. One that begins after it leaves a
 * hole, and the reader must ask again.
 */
import type { Since, ViewFrame } from "./frames.ts";
import type { ViewData } from "./views.ts";

export interface TopicState {
  readonly epoch: string;
  readonly offset: number;
  /** The time up to which the view is complete: the server's *now*. */
  readonly asOf: string;
  readonly data: ViewData;
}

export type Outcome = "applied" | "repeated" | "gap";

export interface Step {
  readonly state: TopicState | null;
  readonly outcome: Outcome;
}

export function step(state: TopicState | null, frame: ViewFrame): Step {
  const { epoch, offset, as_of: asOf } = frame;

  if (frame.kind === "snapshot") {
    // A snapshot that is older than what the reader has can only be a late answer to an earlier question.
    if (state?.epoch === epoch && offset < state.offset) return { state, outcome: "repeated" };
    return { state: { epoch, offset, asOf, data: new Map(Object.entries(frame.data)) }, outcome: "applied" };
  }

  if (state?.epoch !== epoch) return { state, outcome: "gap" };
  if (frame.prev > state.offset) return { state, outcome: "gap" };
  if (offset < state.offset) return { state, outcome: "repeated" };
  if (offset === state.offset) {
    // Nothing was missed, or a repetition: only *now* may have moved on.
    const later = Date.parse(asOf) > Date.parse(state.asOf);
    return later ? { state: { ...state, asOf }, outcome: "applied" } : { state, outcome: "repeated" };
  }

  const data = new Map(state.data);
  for (const key of frame.data.remove) data.delete(key);
  for (const [key, value] of Object.entries(frame.data.set)) data.set(key, value);
  return { state: { epoch, offset, asOf, data }, outcome: "applied" };
}

/** What to tell the server on subscribing, so that it sends only what was missed. */
export const sinceOf = (state: TopicState | null): Since | undefined =>
  state ? { epoch: state.epoch, offset: state.offset } : undefined;
