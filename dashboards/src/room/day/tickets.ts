/**
 * The queue and the counters of a day, reckoned from its single tickets and from what counters said, which only some seats
 * may ask for. A ticket waits from its number until its first transaction, or until it was given up. One of a day that is
 * over without either was lost sight of: it is counted apart, and not as a person who waits. Pure, but for the question.
 */
import { post } from "../pages/fetch.ts";
import type { Answer } from "../pages/fetch.ts";

export interface Ticket {
  readonly issued_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly outcome: string;
}

interface Change {
  readonly counter: string;
  readonly at: string;
  readonly state: string;
}

export interface Tickets {
  readonly tickets: readonly Ticket[];
  readonly changes: readonly Change[];
  /** Up to when they were asked for: they are not asked again by themselves, as each time is written into the audit log. */
  readonly until: number;
}

/** How many there are from an instant on. */
export interface Step {
  readonly at: number;
  readonly count: number;
}

/** The longest wait that is believed, as the live queue has it. */
const PLAUSIBLE_MS = 4 * 3_600_000;

/** Steps from single rises and falls; several at one instant are one step. */
function stepsOf(moves: readonly (readonly [at: number, by: number])[]): Step[] {
  const steps: Step[] = [];
  let count = 0;
  for (const [at, by] of [...moves].sort(([a], [b]) => a - b)) {
    count += by;
    if (steps.at(-1)?.at === at) steps.pop();
    steps.push({ at, count });
  }
  return steps;
}

const endOf = ({ started_at, ended_at }: Ticket): number | null => {
  const end = started_at ?? ended_at;
  return end === null ? null : Date.parse(end);
};

/** Who waits for the first time, and how many tickets could not be followed to their end. */
export function queueOf(tickets: readonly Ticket[], now: number): { readonly steps: readonly Step[]; readonly lost: number } {
  const moves: [number, number][] = [];
  let lost = 0;
  for (const ticket of tickets) {
    const [begin, end] = [Date.parse(ticket.issued_at), endOf(ticket)];
    const isStill = end === null && ticket.outcome === "in_progress" && now - begin < PLAUSIBLE_MS;
    // A clock that goes wrong may put the end before the begin.
    if ((end === null && !isStill) || (end !== null && end < begin)) lost++;
    else {
      moves.push([begin, 1]);
      if (end !== null) moves.push([end, -1]);
    }
  }
  return { steps: stepsOf(moves), lost };
}

/** Counters that say that they are open. */
export function countersOf(changes: readonly Change[]): Step[] {
  const open = new Set<string>();
  const moves = [...changes].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).flatMap(({ counter, at, state }): [number, number][] => {
    const [was, is] = [open.has(counter), state === "open"];
    if (was === is) return [];
    if (is) open.add(counter);
    else open.delete(counter);
    return [[Date.parse(at), is ? 1 : -1]];
  });
  return stepsOf(moves);
}

/** How many at an instant; `null` before anything is known. */
export function countAt(steps: readonly Step[], at: number): number | null {
  let found: number | null = null;
  for (const step of steps) {
    if (step.at > at) break;
    found = step.count;
  }
  return found;
}

/** The mean over a span, weighted by how long each lasted; `null` where nothing is known in it. */
export function meanOver(steps: readonly Step[], from: number, to: number): number | null {
  const first = steps[0];
  if (first === undefined) return null;
  const begin = Math.max(from, first.at);
  if (begin >= to) return null;
  const inside = [{ at: begin, count: countAt(steps, begin) ?? 0 }, ...steps.filter(({ at }) => at > begin && at < to), { at: to, count: 0 }];
  let sum = 0;
  for (const [i, { at, count }] of inside.entries()) sum += count * ((inside[i + 1]?.at ?? at) - at);
  return sum / (to - begin);
}

/** `site` has been checked to be a code, and `day` a day: both are written into the question. */
export async function askTickets(site: string, day: string, next: string, until: number): Promise<Answer<Tickets>> {
  const tickets = await post<Ticket[]>("sql", `select issued_at, started_at, ended_at, outcome from visits where site = '${site}' and day = '${day}' and issued_at is not null order by issued_at`);
  if (!tickets.ok) return tickets;
  const changes = await post<Change[]>("sql", `select counter, at, state from counters where site = '${site}' and at >= '${day} 00:00:00' and at < '${next} 00:00:00' order by at`);
  return changes.ok ? { ok: true, value: { tickets: tickets.value, changes: changes.value, until } } : changes;
}
