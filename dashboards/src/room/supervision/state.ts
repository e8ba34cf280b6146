/** What the room knows, in one place. Every part of the page is drawn from this and from nothing else. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { span } from "../../i18n/format.ts";
import type { Link } from "../../live/client.ts";
import type { AlertsView, CityView, CoverageSummary, PlacedEntry, SiteState, SiteView } from "../../live/views.ts";

export interface OpenSite {
  readonly id: string;
  /** `null` until the first answer. */
  readonly view: SiteView | null;
  readonly asOf: string | null;
  /** The server does not know the site. */
  readonly refused: boolean;
}

export interface Filter {
  readonly text: string;
  readonly states: ReadonlySet<SiteState>;
}

export type CoverageMode = "off" | "covered" | "minutes";

export interface RoomState {
  readonly lang: Lang;
  readonly link: Link;
  readonly city: CityView | null;
  /** The server's *now*, up to which the city's view is complete. */
  readonly asOf: string | null;
  /** When that view last moved on, by this machine's clock (ms). */
  readonly movedAt: number | null;
  readonly feed: readonly PlacedEntry[] | null;
  /** `null` until the first answer, and where the server has no alert desk. */
  readonly alerts: AlertsView | null;
  readonly open: OpenSite | null;
  readonly filter: Filter;
  readonly coverageMode: CoverageMode;
  readonly coverage: CoverageSummary | null;
  /** This machine's clock (ms), moved on once a second: ages are counted from it. */
  readonly now: number;
}

export type Patch = Partial<RoomState>;

/** A part of the page: it is given the whole state and touches only its own nodes. */
export interface Part {
  readonly node: HTMLElement;
  update(state: RoomState): void;
}

export interface Actions {
  openSite(id: string | null): void;
  setFilter(filter: Filter): void;
  setCoverage(mode: CoverageMode): void;
}

/** Seconds since the city's view last moved on; `null` before the first. */
export const viewAgeSeconds = (state: RoomState): number | null =>
  state.movedAt === null ? null : Math.max(0, (state.now - state.movedAt) / 1000);

/** The age of the city's view in words; empty before the first. */
export function viewAge(state: RoomState): string {
  const seconds = viewAgeSeconds(state);
  if (seconds === null) return "";
  const t = catalogue(state.lang);
  return seconds < 3 ? t.justNow : t.ago(span(state.lang, seconds));
}

/** Figures may be out of date: the page is dimmed and says so. */
export const isStale = (state: RoomState): boolean => state.link.phase === "reconnecting" || state.city === null;
