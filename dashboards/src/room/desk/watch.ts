/** What has come since the desk was last looked at: to be told aloud, and to be heard. Pure. */
import type { Case } from "../../live/views.ts";

export interface News {
  /** Raised, and nobody has them. */
  readonly raised: readonly Case[];
  /** Nobody took them in time. */
  readonly escalated: readonly Case[];
}

export const NO_NEWS: News = { raised: [], escalated: [] };

/** `before` is `null` at the first look: what stands already is no news. */
export function newsOf(before: ReadonlyMap<string, Case> | null, now: ReadonlyMap<string, Case>): News {
  if (before === null || before === now) return NO_NEWS;
  const raised: Case[] = [];
  const escalated: Case[] = [];
  for (const one of now.values()) {
    const old = before.get(one.id);
    if (old === one) continue;
    // In hand, gone for a while, and back: whoever has it should hear of it.
    if (one.state === "acknowledged" && old?.state === "settled") raised.push(one);
    if (one.state !== "new") continue;
    // A condition that comes back to a case that nobody had, a shelf that ends, a cause that no longer hides it.
    if (old?.state !== "new") raised.push(one);
    else if (one.escalated_at !== null && old.escalated_at === null) escalated.push(one);
  }
  return { raised, escalated };
}

export const highOf = ({ raised, escalated }: News): Case[] => [...raised, ...escalated].filter(({ priority }) => priority === "high");
