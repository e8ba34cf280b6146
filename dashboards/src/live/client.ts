/**
 * The live connection: one socket, many topics, each with its mirror.
 *
 * - Lost socket: tried again with backoff; every topic asks with `since`, so a short loss costs only what was
 *   missed. Until each topic has had its first answer the phase is `catching_up`.
 * - A gap (a delta that begins after what we have): the topic is asked for again, with `since` the first time
 *   and from nothing if that did not close it.
 * - Silence: a ping every 20 s. A socket that says nothing for 10 s after one is dead even if the operating
 *   system has not noticed, and is replaced; so is one that does not open within 10 s. While a page asks for close
 *   watch, whose figures nobody touches, silence is found out in less than 10 s.
 * - An answer that does not come: a socket that answers pings and leaves a subscribe without one for 20 s is replaced, too,
 *   and the link says that this is why, until everything has been answered.
 */
import { backoffMs } from "./backoff.ts";
import { parseFrame } from "./frames.ts";
import type { ClientFrame, ErrorFrame, ViewFrame } from "./frames.ts";
import { sinceOf, step } from "./reducer.ts";
import type { TopicState } from "./reducer.ts";

/** How often a ping is sent, and how long its answer may take. */
interface Pinging {
  readonly afterMs: number;
  readonly withinMs: number;
}

const USUAL: Pinging = { afterMs: 20_000, withinMs: 10_000 };
const CLOSE: Pinging = { afterMs: 5_000, withinMs: 4_000 };
const OPEN_WITHIN_MS = 10_000;
/** How long the answer to a subscribe may take. */
export const ANSWER_WITHIN_MS = 20_000;

export type Phase = "connecting" | "catching_up" | "live" | "reconnecting";

export interface Link {
  readonly phase: Phase;
  /** When the last frame of any kind came (client's clock, ms); `null` before the first. */
  readonly lastFrameAt: number | null;
  /** When a loss was last made good; `null` if none was. */
  readonly recoveredAt: number | null;
  /** When the next try is due, while there is no socket. */
  readonly retryAt: number | null;
  /** The last socket was given up because it left a question without an answer. */
  readonly isUnanswered?: boolean;
}

export interface TopicListener {
  readonly onState: (state: TopicState) => void;
  readonly onError?: (error: ErrorFrame) => void;
}

interface Subscription {
  state: TopicState | null;
  /** No answer yet to the last subscribe on this socket. */
  awaiting: boolean;
  /** When the last subscribe was sent (ms). */
  askedAt: number;
  /** The last subscribe came from a gap, and `since` was given. */
  retriedWithSince: boolean;
  listeners: Set<TopicListener>;
}

export interface SocketLike {
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
}

/** What the client takes from its surroundings, so that tests can hold the clock and the wire. */
export interface Surroundings {
  open(): SocketLike;
  now(): number;
  after(ms: number, run: () => void): () => void;
}

export class LiveClient {
  readonly #around: Surroundings;
  readonly #onLink: (link: Link) => void;
  readonly #topics = new Map<string, Subscription>();
  #socket: SocketLike | null = null;
  #isOpen = false;
  #failures = 0;
  #lost = false;
  #pinging = USUAL;
  #link: Link = { phase: "connecting", lastFrameAt: null, recoveredAt: null, retryAt: null };
  #cancelPing: () => void = () => undefined;
  #cancelRetry: () => void = () => undefined;
  #cancelAnswer: (() => void) | null = null;

  constructor(around: Surroundings, onLink: (link: Link) => void) {
    this.#around = around;
    this.#onLink = onLink;
  }

  get link(): Link {
    return this.#link;
  }

  start(): void {
    this.#connect();
  }

  /** Follows a topic; the returned function lets go of it again. */
  subscribe(topic: string, listener: TopicListener): () => void {
    let sub = this.#topics.get(topic);
    if (sub) {
      sub.listeners.add(listener);
      if (sub.state) listener.onState(sub.state);
    } else {
      sub = { state: null, awaiting: true, askedAt: this.#around.now(), retriedWithSince: false, listeners: new Set([listener]) };
      this.#topics.set(topic, sub);
      this.#ask(topic, sub);
    }
    return () => {
      this.#leave(topic, listener);
    };
  }

  /** The network is said to be back, or the page to be seen again: do not sit out the rest of a backoff. */
  tryNow(): void {
    if (!this.#socket) this.#connect();
  }

  /** Finds out sooner that a line is dead, at the cost of more pings. */
  watchClosely(isClose: boolean): void {
    const pinging = isClose ? CLOSE : USUAL;
    if (pinging === this.#pinging) return;
    this.#pinging = pinging;
    if (this.#socket && this.#isOpen) this.#schedulePing(this.#socket);
  }

  /** Drops a socket that is known to be useless; the usual recovery follows. */
  dropNow(): void {
    this.#closed();
  }

  #leave(topic: string, listener: TopicListener): void {
    const sub = this.#topics.get(topic);
    if (!sub?.listeners.delete(listener) || sub.listeners.size > 0) return;
    this.#topics.delete(topic);
    this.#send({ op: "unsubscribe", topic });
    this.#settle();
  }

  #connect(): void {
    this.#cancelRetry();
    this.#say({ phase: this.#lost ? "reconnecting" : "connecting", retryAt: null });
    const socket = this.#around.open();
    this.#socket = socket;
    this.#cancelPing = this.#around.after(OPEN_WITHIN_MS, () => {
      if (this.#socket === socket) this.#closed();
    });
    socket.onopen = () => {
      if (this.#socket !== socket) return;
      this.#cancelPing();
      this.#isOpen = true;
      for (const [topic, sub] of this.#topics) this.#ask(topic, sub);
      this.#say({ phase: "catching_up" });
      this.#schedulePing(socket);
      this.#settle();
    };
    socket.onmessage = (event) => {
      if (this.#socket === socket && typeof event.data === "string") this.#receive(event.data);
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#closed();
    };
  }

  #closed(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#isOpen = false;
    this.#lost = true;
    this.#cancelPing();
    this.#cancelRetry();
    this.#cancelAnswer?.();
    this.#cancelAnswer = null;
    if (socket) {
      socket.onclose = null;
      socket.onmessage = null;
      socket.onopen = null;
      socket.close();
    }
    const wait = backoffMs(this.#failures);
    this.#failures += 1;
    this.#cancelRetry = this.#around.after(wait, () => {
      this.#connect();
    });
    this.#say({ phase: "reconnecting", retryAt: this.#around.now() + wait });
  }

  #schedulePing(socket: SocketLike): void {
    const { afterMs, withinMs } = this.#pinging;
    this.#cancelPing = this.#around.after(afterMs, () => {
      const askedAt = this.#around.now();
      this.#send({ op: "ping" });
      this.#cancelPing = this.#around.after(withinMs, () => {
        if (this.#socket !== socket) return;
        if ((this.#link.lastFrameAt ?? -Infinity) < askedAt) this.#closed();
        else this.#schedulePing(socket);
      });
    });
  }

  /** Looks again when the oldest question that is out must have been answered. */
  #expectAnswer(): void {
    if (this.#cancelAnswer !== null) return;
    const asked = [...this.#topics.values()].filter(({ awaiting }) => awaiting).map(({ askedAt }) => askedAt);
    if (asked.length === 0) return;
    const due = Math.min(...asked) + ANSWER_WITHIN_MS;
    this.#cancelAnswer = this.#around.after(Math.max(0, due - this.#around.now()), () => {
      this.#cancelAnswer = null;
      const isLate = [...this.#topics.values()].some(({ awaiting, askedAt }) => awaiting && askedAt + ANSWER_WITHIN_MS <= this.#around.now());
      if (!isLate) this.#expectAnswer();
      else if (this.#isOpen) {
        this.#say({ isUnanswered: true });
        this.#closed();
      }
    });
  }

  #ask(topic: string, sub: Subscription): void {
    sub.awaiting = true;
    sub.askedAt = this.#around.now();
    if (this.#isOpen) this.#expectAnswer();
    const since = sinceOf(sub.state);
    this.#send(since ? { op: "subscribe", topic, since } : { op: "subscribe", topic });
  }

  #send(frame: ClientFrame): void {
    if (this.#socket && this.#isOpen) this.#socket.send(JSON.stringify(frame));
  }

  #receive(text: string): void {
    const frame = parseFrame(text);
    this.#say({ lastFrameAt: this.#around.now() });
    if (!frame || frame.kind === "pong") return;
    if (frame.kind === "error") this.#refused(frame);
    else this.#follow(frame);
  }

  #refused(frame: ErrorFrame): void {
    if (frame.topic === undefined) return;
    const sub = this.#topics.get(frame.topic);
    if (!sub) return;
    sub.awaiting = false;
    for (const listener of sub.listeners) listener.onError?.(frame);
    this.#settle();
  }

  #follow(frame: ViewFrame): void {
    const sub = this.#topics.get(frame.topic);
    if (!sub) return;
    const { state, outcome } = step(sub.state, frame);
    if (outcome === "gap") {
      // Frames still under way from before a subscribe are no new hole.
      if (sub.awaiting && frame.recovered === undefined) return;
      if (sub.retriedWithSince) sub.state = null;
      sub.retriedWithSince = !sub.retriedWithSince;
      this.#ask(frame.topic, sub);
      this.#settle();
      return;
    }
    sub.awaiting = false;
    if (outcome === "applied" && state) {
      sub.state = state;
      sub.retriedWithSince = false;
      for (const listener of sub.listeners) listener.onState(state);
    }
    this.#settle();
  }

  /** The phase follows from whether every topic has been answered. */
  #settle(): void {
    if (!this.#isOpen) return;
    const waiting = [...this.#topics.values()].some((sub) => sub.awaiting);
    if (waiting) {
      // A site that was just opened is no loss: only a topic with an older state is behind.
      const behind = [...this.#topics.values()].some((sub) => sub.awaiting && sub.state !== null);
      if (this.#link.phase === "live" && behind) this.#say({ phase: "catching_up" });
      return;
    }
    if (this.#link.phase === "live") return;
    this.#failures = 0;
    const recoveredAt = this.#lost ? this.#around.now() : this.#link.recoveredAt;
    this.#lost = false;
    this.#say({ phase: "live", recoveredAt, retryAt: null, isUnanswered: false });
  }

  #say(change: Partial<Link>): void {
    this.#link = { ...this.#link, ...change };
    this.#onLink(this.#link);
  }
}

/** The browser's timers, and sockets as whoever is in must open them. */
export function browserSurroundings(open: () => SocketLike): Surroundings {
  return {
    open,
    now: () => Date.now(),
    after: (ms, run) => {
      const id = setTimeout(run, ms);
      return () => {
        clearTimeout(id);
      };
    },
  };
}
