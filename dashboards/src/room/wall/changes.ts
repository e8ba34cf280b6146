/**
 * What the page itself has seen change: a fold over the views as they came, by the clock of the data. It keeps the last
 * ten minutes and no more than some, forgets all with the day, and knows from when on nothing can have escaped it. Pure.
 */
import type { Case, CityView } from "../../live/views.ts";
import { dayOf } from "../pages/days.ts";

/** Of an alert: raised (or again), taken in hand, gone. Of a mean wait: over the limit, and no longer. */
export const KINDS = ["raised", "taken", "gone", "over", "under"] as const;
export type Kind = (typeof KINDS)[number];

/** The whole city's mean wait stands under this beside the points'. */
export const CITY = "";

interface Happened {
  /** One thing at a time of one subject: what happens again takes the place of what happened before. */
  readonly key: string;
  readonly kind: Kind;
  readonly at: string;
}

export interface CaseEvent extends Happened {
  readonly kind: "raised" | "taken" | "gone";
  readonly one: Case;
}

export interface WaitEvent extends Happened {
  readonly kind: "over" | "under";
  /** A point, or [`CITY`]. */
  readonly site: string;
  readonly name: string | null;
  readonly seconds: number;
}

export type Change = CaseEvent | WaitEvent;

export interface Watched {
  /** From when on nothing has escaped; `null` before the first view, and after a loss until the next. */
  readonly since: string | null;
  readonly asOf: string | null;
  readonly cases: ReadonlyMap<string, Case> | null;
  /** Mean waits of the last hour that are known. */
  readonly waits: ReadonlyMap<string, number> | null;
  /** The newest first. */
  readonly changes: readonly Change[];
}

export const START: Watched = { since: null, asOf: null, cases: null, waits: null, changes: [] };

export const WINDOW_S = 600;
export const MOST = 200;
/** The topics are not of one instant; what goes back further is another day's data, or another server's. */
const BACK_S = 60;

const ms = (at: string): number => Date.parse(at);

/** The line was lost: what came and went meanwhile has escaped. What was known before still tells what is new after. */
export const lost = (watched: Watched): Watched => ({ ...watched, since: null });

function moved(before: Watched, asOf: string): Watched {
  const isOther = before.asOf !== null && (dayOf(before.asOf) !== dayOf(asOf) || ms(asOf) < ms(before.asOf) - BACK_S * 1000);
  const kept = isOther ? START : before;
  const latest = kept.asOf !== null && ms(kept.asOf) > ms(asOf) ? kept.asOf : asOf;
  return { ...kept, asOf: latest, since: kept.since ?? asOf };
}

function told(watched: Watched, fresh: readonly Change[]): Watched {
  const from = ms(watched.asOf ?? "") - WINDOW_S * 1000;
  if (fresh.length === 0 && !watched.changes.some(({ at }) => ms(at) < from)) return watched;
  const again = new Set(fresh.map(({ key }) => key));
  const all = [...fresh, ...watched.changes.filter(({ key }) => !again.has(key))].filter(({ at }) => ms(at) >= from);
  return { ...watched, changes: all.sort((a, b) => ms(b.at) - ms(a.at)).slice(0, MOST) };
}

const isHad = ({ state }: Case): boolean => state === "acknowledged" || state === "shelved";

/** What has become of one case; `null` where nothing that a wall tells. A case that is hidden by its cause is told by that. */
function ofCase(old: Case | undefined, one: Case, asOf: string): CaseEvent | null {
  const event = (kind: CaseEvent["kind"], at: string | null): CaseEvent => ({ key: `${one.id}/${kind}`, kind, one, at: at ?? asOf });
  const isBack = one.standing && old?.standing !== true;
  if (one.standing && ((one.state === "new" && old?.state !== "new") || (one.state === "acknowledged" && isBack && old !== undefined))) {
    return event("raised", old === undefined ? one.raised_at : one.changed_at);
  }
  if (one.standing && isHad(one) && old?.state === "new") return event("taken", one.acknowledged_at);
  // In hand already when it was first seen: it was raised since.
  if (one.standing && isHad(one) && old === undefined) return event("taken", one.acknowledged_at ?? one.raised_at);
  if (!one.standing && old?.standing === true && old.state !== "suppressed") return event("gone", one.returned_at ?? one.closed_at);
  return null;
}

export function seeCases(before: Watched, cases: ReadonlyMap<string, Case>, asOf: string): Watched {
  const now = moved(before, asOf);
  if (now.cases === null || now.cases === cases) return told({ ...now, cases }, []);
  const fresh: Change[] = [];
  for (const one of cases.values()) {
    const old = now.cases.get(one.id);
    const change = old === one ? null : ofCase(old, one, asOf);
    if (change !== null) fresh.push(change);
  }
  // A case that is closed leaves the view; one that was gone before has been told.
  for (const old of now.cases.values()) {
    if (cases.has(old.id) || !old.standing || old.state === "suppressed") continue;
    fresh.push({ key: `${old.id}/gone`, kind: "gone", one: { ...old, standing: false }, at: asOf });
  }
  return told({ ...now, cases }, fresh);
}

/** Mean waits of the last hour against the city's limit. What was not known before has crossed nothing. */
export function seeWaits(before: Watched, { figures, sites }: CityView, asOf: string): Watched {
  const now = moved(before, asOf);
  if (figures === null) return told(now, []);
  const limit = figures.targets.wait_s;
  const waits = new Map<string, number>();
  const fresh: Change[] = [];
  const see = (site: string, name: string | null, seconds: number | null): void => {
    if (seconds === null) return;
    waits.set(site, seconds);
    const old = now.waits?.get(site);
    if (old === undefined || old > limit === seconds > limit) return;
    fresh.push({ key: `wait/${site}`, kind: seconds > limit ? "over" : "under", site, name, seconds, at: asOf });
  };
  see(CITY, null, figures.hour.mean_wait_s);
  for (const { id, name, hour } of sites) see(id, name, hour.mean_wait_s);
  return told({ ...now, waits }, fresh);
}

/** How many of each kind there were. */
export const tally = (changes: readonly Change[]): Readonly<Record<Kind, number>> => {
  const n = { raised: 0, taken: 0, gone: 0, over: 0, under: 0 };
  for (const { kind } of changes) n[kind] += 1;
  return n;
};
