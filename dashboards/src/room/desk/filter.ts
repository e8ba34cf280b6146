/** Which cases the list shows. Pure. */
import { CASE_STATES, PRIORITIES } from "../../live/views.ts";
import type { Case, CaseState, Priority } from "../../live/views.ts";
import type { Query } from "../pages/hash.ts";

export interface Filter {
  /** None is those that a desk has to do with: neither shelved, nor hidden, nor closed. */
  readonly states: readonly CaseState[];
  readonly priority: Priority | "";
  readonly group: string;
  readonly owner: string;
  readonly find: string;
  readonly isMine: boolean;
}

export const NO_FILTER: Filter = { states: [], priority: "", group: "", owner: "", find: "", isMine: false };

export const AT_HAND: readonly CaseState[] = ["new", "acknowledged", "returned", "settled"];

export const statesShown = ({ states }: Filter): readonly CaseState[] => (states.length === 0 ? AT_HAND : states);

export function filterOf(query: Query): Filter {
  const named = (query["state"] ?? "").split(",");
  return {
    states: CASE_STATES.filter((one) => named.includes(one)),
    priority: PRIORITIES.find((one) => one === query["priority"]) ?? "",
    group: query["group"] ?? "",
    owner: query["owner"] ?? "",
    find: query["find"] ?? "",
    isMine: query["mine"] === "1",
  };
}

export const queryOfFilter = ({ states, priority, group, owner, find, isMine }: Filter): Query =>
  ({ state: states.join(","), priority, group, owner, find, mine: isMine ? "1" : "" });

/** A state more or less; all that are shown without a choice are written as none. */
export function toggled(filter: Filter, state: CaseState): Filter {
  const now = statesShown(filter);
  const next = CASE_STATES.filter((one) => (one === state ? !now.includes(one) : now.includes(one)));
  const isUsual = next.length === AT_HAND.length && AT_HAND.every((one) => next.includes(one));
  return { ...filter, states: isUsual ? [] : next };
}

export const isMine = (one: Case, seat: string): boolean => seat !== "" && (one.assigned_to === seat || one.acknowledged_by === seat);

/** All but the text that is looked for, which needs words. */
export function fits(filter: Filter, seat: string, one: Case): boolean {
  return statesShown(filter).includes(one.state)
    && (filter.priority === "" || one.priority === filter.priority)
    && (filter.group === "" || one.group === filter.group)
    && (filter.owner === "" || one.owner === filter.owner)
    && (!filter.isMine || isMine(one, seat));
}

export function countsOf(cases: Iterable<Case>): Record<CaseState, number> {
  const counts = Object.fromEntries(CASE_STATES.map((one) => [one, 0])) as Record<CaseState, number>;
  for (const { state } of cases) counts[state] += 1;
  return counts;
}

/** What can be chosen: every value that there is, in the order of its words. */
export function valuesOf(cases: Iterable<Case>, field: "group" | "owner", words: (code: string) => string): (readonly [string, string])[] {
  const values = new Set<string>();
  for (const one of cases) values.add(one[field]);
  return [...values].filter((one) => one !== "").map((one) => [one, words(one)] as const).sort((a, b) => a[1].localeCompare(b[1], "vi"));
}
