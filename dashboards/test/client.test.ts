import { beforeEach, describe, expect, test } from "vitest";
import { LiveClient } from "../src/live/client.ts";
import type { Link, SocketLike, Surroundings } from "../src/live/client.ts";
import type { TopicState } from "../src/live/reducer.ts";
import { backoffMs } from "../src/live/backoff.ts";
import { ModelServer } from "./server.ts";

class FakeSocket implements SocketLike {
  sent: Record<string, unknown>[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.isClosed = true;
  }
  say(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

/** A clock that is moved by hand, and every socket that was opened. */
class FakeWorld implements Surroundings {
  time = 0;
  sockets: FakeSocket[] = [];
  #timers: { at: number; run: () => void }[] = [];

  open(): SocketLike {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }
  now(): number {
    return this.time;
  }
  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const [next] = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.time = next.at;
      next.run();
    }
    this.time = end;
  }
  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error("no socket was opened");
    return last;
  }
}

describe("the live client", () => {
  let world: FakeWorld;
  let links: Link[];
  let client: LiveClient;
  let server: ModelServer;
  let city: TopicState | null;

  const phase = (): string => client.link.phase;
  const connect = (): void => {
    world.socket.onopen?.();
  };

  beforeEach(() => {
    world = new FakeWorld();
    links = [];
    city = null;
    server = new ModelServer("city", 50);
    server.change("site/1", 1);
    client = new LiveClient(world, (link) => links.push(link));
    client.subscribe("city", { onState: (state) => { city = state; } });
    client.start();
  });

  const goLive = (): void => {
    connect();
    world.socket.say(server.answer(undefined));
  };

  test("is live once every topic is answered", () => {
    expect(phase()).toBe("connecting");
    connect();
    expect(phase()).toBe("catching_up");
    expect(world.socket.sent).toEqual([{ op: "subscribe", topic: "city" }]);
    world.socket.say(server.answer(undefined));
    expect(phase()).toBe("live");
    expect(city?.data.get("site/1")).toBe(1);
  });

  test("after a loss it asks only for what it missed, and says when it has caught up", () => {
    goLive();
    world.socket.onclose?.();
    expect(phase()).toBe("reconnecting");
    server.change("site/1", 7);
    world.pass(2_000);
    connect();
    expect(world.socket.sent).toEqual([{ op: "subscribe", topic: "city", since: { epoch: "e0", offset: 1 } }]);
    expect(phase()).toBe("catching_up");
    world.socket.say(server.answer({ epoch: "e0", offset: 1 }));
    expect(phase()).toBe("live");
    expect(client.link.recoveredAt).toBe(world.time);
    expect(city?.data.get("site/1")).toBe(7);
  });

  test("closes a hole by asking again, from nothing if that did not help", () => {
    goLive();
    server.change("site/1", 2);
    const late = server.change("site/1", 3);
    world.socket.say(late);
    expect(world.socket.sent.at(-1)).toEqual({ op: "subscribe", topic: "city", since: { epoch: "e0", offset: 1 } });
    world.socket.say({ ...late, recovered: true });
    expect(world.socket.sent.at(-1)).toEqual({ op: "subscribe", topic: "city" });
    world.socket.say(server.answer(undefined));
    expect(phase()).toBe("live");
    expect(city?.data.get("site/1")).toBe(3);
  });

  test("does not ask twice for frames that were under way", () => {
    goLive();
    server.change("site/1", 2);
    world.socket.say(server.change("site/1", 3));
    const asked = world.socket.sent.length;
    world.socket.say(server.change("site/1", 4));
    expect(world.socket.sent.length).toBe(asked);
  });

  test("replaces a socket that answers no ping", () => {
    goLive();
    world.pass(20_000);
    expect(world.socket.sent.at(-1)).toEqual({ op: "ping" });
    world.pass(9_000);
    expect(phase()).toBe("live");
    world.pass(2_000);
    expect(phase()).toBe("reconnecting");
    expect(world.sockets[0]?.isClosed).toBe(true);
  });

  test("finds a dead line within ten seconds while a page asks for close watch", () => {
    goLive();
    world.pass(1_000);
    client.watchClosely(true);
    world.pass(9_000);
    expect(phase()).toBe("reconnecting");
    client.watchClosely(false);
  });

  test("replaces a socket that answers pings and leaves a subscribe without an answer, and says why until it is live", () => {
    connect();
    world.pass(15_000);
    world.socket.say({ kind: "pong" });
    expect(phase()).toBe("catching_up");
    world.pass(6_000);
    expect(phase()).toBe("reconnecting");
    expect(client.link.isUnanswered).toBe(true);
    expect(world.sockets[0]?.isClosed).toBe(true);
    world.pass(2_000);
    expect(world.sockets.length).toBe(2);
    goLive();
    expect(phase()).toBe("live");
    expect(client.link.isUnanswered).toBe(false);
    world.pass(19_000);
    expect(world.sockets.length).toBe(2);
  });

  test("one topic without an answer is found out though others are answered, and an answer in time is none", () => {
    goLive();
    client.subscribe("site/9", { onState: () => undefined });
    world.pass(10_000);
    server.change("site/1", 9);
    world.socket.say(server.change("site/1", 10));
    world.socket.say(server.answer({ epoch: "e0", offset: 1 }));
    expect(world.sockets.length).toBe(1);
    world.pass(11_000);
    expect(client.link.isUnanswered).toBe(true);
  });

  test("keeps a quiet socket that answers pings", () => {
    goLive();
    for (let i = 0; i < 5; i += 1) {
      world.pass(20_000);
      world.socket.say({ kind: "pong" });
      world.pass(10_000);
    }
    expect(phase()).toBe("live");
    expect(world.sockets.length).toBe(1);
  });

  test("gives up on a socket that does not open, and tries more and more slowly", () => {
    world.pass(10_000);
    expect(phase()).toBe("reconnecting");
    for (let i = 0; i < 20; i += 1) world.pass(10_000);
    expect(world.sockets.length).toBeLessThan(20);
    expect(backoffMs(0, () => 1)).toBe(500);
    expect(backoffMs(50, () => 1)).toBe(15_000);
    expect(backoffMs(3, () => 0)).toBe(2_000);
  });

  test("opening a site leaves the room live, and closing it unsubscribes", () => {
    goLive();
    let refused = "";
    const leave = client.subscribe("site/9", { onState: () => undefined, onError: ({ code }) => { refused = code; } });
    expect(phase()).toBe("live");
    expect(world.socket.sent.at(-1)).toEqual({ op: "subscribe", topic: "site/9" });
    world.socket.say({ kind: "error", code: "unknown_topic", message: "", topic: "site/9" });
    expect(refused).toBe("unknown_topic");
    leave();
    expect(world.socket.sent.at(-1)).toEqual({ op: "unsubscribe", topic: "site/9" });
    world.socket.say({ ...server.answer(undefined), topic: "site/9" });
    expect(phase()).toBe("live");
  });

  test("is not shaken by frames that mean nothing to it", () => {
    goLive();
    for (const text of ["", "{", "[]", "null", '{"kind":"delta"}', '{"kind":"later"}', '{"kind":"snapshot","topic":"city","data":[]}']) {
      world.socket.onmessage?.({ data: text });
    }
    expect(phase()).toBe("live");
  });
});
