/** What the guide's address says: `#/guide?find=cho`, `#/guide/wait_day`, `#/guide/tour`. Pure. */
import type { Query } from "../room/pages/hash.ts";
import { PAGE } from "./said.ts";

export interface View {
  /** What is opened: a figure's id, `tour`, or nothing; any word, as addresses are typed. */
  readonly open: string;
  readonly find: string;
}

export const TOUR = "tour";

const ADDRESS = new RegExp(`^#/${PAGE}(?:/([^/?]*))?(?:\\?(.*))?$`, "s");

/** As pages are told of their address; `null` where another is named. */
export function readHash(hash: string): Query | null {
  const match = ADDRESS.exec(hash);
  if (match === null) return null;
  const { find = "" } = Object.fromEntries(new URLSearchParams(match[2] ?? ""));
  return { open: match[1] ?? "", find };
}

export const viewOf = (query: Query): View => ({ open: query["open"] ?? "", find: query["find"] ?? "" });
