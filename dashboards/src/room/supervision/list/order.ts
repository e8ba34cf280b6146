/** Which rows the list shows, and in what order. */
import { fold, matches } from "../../../ui/search.ts";
import type { SiteSummary } from "../../../live/views.ts";
import { shortName } from "../names.ts";
import type { Filter } from "../state.ts";

/** Smaller changes of attention than this move no row: the list must be readable while the city works. */
const HOLD = 4;

export type Ranks = ReadonlyMap<string, number>;

/** The attention that each site is ranked by: its own, but held until it has moved enough. */
export function rank(before: Ranks, sites: readonly SiteSummary[]): Ranks {
  const ranks = new Map<string, number>();
  for (const site of sites) {
    const held = before.get(site.id);
    const keep = held !== undefined && Math.abs(site.attention - held) < HOLD;
    ranks.set(site.id, keep ? held : site.attention);
  }
  return ranks;
}

export function arrange(sites: readonly SiteSummary[], ranks: Ranks): SiteSummary[] {
  const of = (site: SiteSummary): number => ranks.get(site.id) ?? site.attention;
  return [...sites].sort((a, b) => of(b) - of(a) || (a.id < b.id ? -1 : 1));
}

export const foldedText = (site: SiteSummary, unitName: string): string =>
  fold(`${shortName(site)} · ${unitName} · ${site.id}`);

export function passes(site: SiteSummary, filter: Filter, folded: string): boolean {
  if (filter.states.size > 0 && !filter.states.has(site.state)) return false;
  return filter.text === "" || matches(folded, filter.text);
}
