/** What a text finds of all that is known: groups, the best answer first in each, and the group that has the best first. Pure. */
import { fold } from "../../ui/search.ts";
import { hashOfFilters, typedCode } from "../dossiers/state.ts";
import { hashOfDossier } from "../dossier/route.ts";
import { bestOf } from "./rank.ts";

export const GROUPS = ["points", "agencies", "dossiers", "pages", "alerts", "figures"] as const;
export type Group = (typeof GROUPS)[number];

/** Something that can be gone to. */
export interface Entry {
  readonly title: string;
  readonly note: string;
  readonly hash: string;
  /** What it is found by, folded. */
  readonly texts: readonly string[];
  /** Only offered: nothing on the page knows of it yet. */
  readonly offer?: "open" | "list";
}

export type Known = Readonly<Record<Group, readonly Entry[]>>;

export interface Found {
  readonly group: Group;
  readonly entries: readonly Entry[];
  /** All that were found, of which the first are shown. */
  readonly all: number;
}

/** Answers of one group that are shown. */
export const MOST = 8;

/** The national form of a dossier's code, `000.00.25.H26-261123-0001`. */
const WHOLE_CODE = /^[0-9A-Z]{3}(\.[0-9A-Z]{2,3}){2}\.[A-Z]\d{2}-\d{6}-\d{4,6}$/;
/** With fewer digits a text is no part of a code that would tell one dossier from others. */
const LEAST_DIGITS = 4;

const isPartOfCode = (code: string): boolean => /^[0-9A-Z.-]+$/.test(code) && (code.match(/\d/g) ?? []).length >= LEAST_DIGITS;

const offered = (offer: "open" | "list", code: string, hash: string): Entry => ({ title: code, note: "", hash, texts: [], offer });

/** A whole code may be of a dossier that the page has not heard of; a part of one is looked for in the list of dossiers. */
export function offerOf(text: string, known: readonly Entry[]): Entry | null {
  const code = typedCode(text);
  if (known.some(({ title }) => title === code)) return null;
  if (WHOLE_CODE.test(code)) return offered("open", code, hashOfDossier(code));
  return isPartOfCode(code) ? offered("list", code, hashOfFilters({ q: code, stage: "all" })) : null;
}

function inOrder(entries: readonly Entry[], sought: string): { readonly rank: number; readonly entry: Entry }[] {
  const hits: { rank: number; entry: Entry }[] = [];
  for (const entry of entries) {
    const rank = bestOf(entry.texts, sought);
    if (rank !== null) hits.push({ rank, entry });
  }
  return hits.sort((a, b) => a.rank - b.rank);
}

/** What a group is asked for: of dossiers a code, in which spaces that were pasted mean nothing. */
function soughtIn(group: Group, text: string): string {
  if (group !== "dossiers") return fold(text);
  const code = typedCode(text);
  return isPartOfCode(code) ? fold(code) : "";
}

/** `isOffered` where a code that nobody here has heard of may be asked for. */
export function find(known: Known, text: string, isOffered = true): Found[] {
  const groups: (Found & { readonly rank: number })[] = [];
  for (const group of GROUPS) {
    const hits = inOrder(known[group], soughtIn(group, text));
    const offer = group === "dossiers" && isOffered ? offerOf(text, known.dossiers) : null;
    const entries = hits.slice(0, offer === null ? MOST : MOST - 1).map(({ entry }) => entry);
    if (offer !== null) entries.push(offer);
    if (entries.length > 0) groups.push({ group, entries, all: hits.length + Number(offer !== null), rank: hits[0]?.rank ?? Infinity });
  }
  return groups.sort((a, b) => a.rank - b.rank);
}
