/**
 * The frames of `/ws`, as the interface contract words them. Only the outer shape is checked here: what a key
 * holds is the business of `views.ts`.
 */

/** What a snapshot and a delta have in common. */
interface Placed {
  readonly topic: string;
  readonly epoch: string;
  readonly offset: number;
  readonly as_of: string;
  /** Stands only in the first answer to a subscribe. */
  readonly recovered?: boolean;
}

export interface SnapshotFrame extends Placed {
  readonly kind: "snapshot";
  readonly data: Readonly<Record<string, unknown>>;
}

export interface DeltaFrame extends Placed {
  readonly kind: "delta";
  readonly prev: number;
  readonly data: { readonly set: Readonly<Record<string, unknown>>; readonly remove: readonly string[] };
}

export interface PongFrame {
  readonly kind: "pong";
}

export interface ErrorFrame {
  readonly kind: "error";
  readonly code: string;
  readonly message: string;
  readonly topic?: string;
}

export type ViewFrame = SnapshotFrame | DeltaFrame;
export type ServerFrame = ViewFrame | PongFrame | ErrorFrame;

export interface Since {
  readonly epoch: string;
  readonly offset: number;
}

export type ClientFrame =
  | { readonly op: "subscribe"; readonly topic: string; readonly since?: Since }
  | { readonly op: "unsubscribe"; readonly topic: string }
  | { readonly op: "ping" };

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function placed(frame: Json): Placed | null {
  const { topic, epoch, offset, as_of, recovered } = frame;
  if (typeof topic !== "string" || typeof epoch !== "string") return null;
  if (typeof offset !== "number" || typeof as_of !== "string") return null;
  return { topic, epoch, offset, as_of, ...(typeof recovered === "boolean" ? { recovered } : {}) };
}

/** Reads one text frame; `null` for anything the contract does not know, so that a newer server does no harm. */
export function parseFrame(text: string): ServerFrame | null {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(frame)) return null;
  switch (frame["kind"]) {
    case "pong":
      return { kind: "pong" };
    case "error": {
      const { code, message, topic } = frame;
      return {
        kind: "error",
        code: typeof code === "string" ? code : "unknown",
        message: typeof message === "string" ? message : "",
        ...(typeof topic === "string" ? { topic } : {}),
      };
    }
    case "snapshot": {
      const head = placed(frame);
      const data = frame["data"];
      return head && isObject(data) ? { kind: "snapshot", ...head, data } : null;
    }
    case "delta": {
      const head = placed(frame);
      const { prev, data } = frame;
      if (!head || typeof prev !== "number" || !isObject(data)) return null;
      const set = isObject(data["set"]) ? data["set"] : {};
      const remove = Array.isArray(data["remove"])
        ? data["remove"].filter((key): key is string => typeof key === "string")
        : [];
      return { kind: "delta", ...head, prev, data: { set, remove } };
    }
    default:
      return null;
  }
}
