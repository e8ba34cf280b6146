/** What the wall knows: the live topics `city` and `alerts`, and what it has seen of their changes. Pure. */
import type { Lang } from "../../i18n/index.ts";
import type { Link, Phase } from "../../live/client.ts";
import type { AlertsView, CityView } from "../../live/views.ts";
import type { Rule } from "../desk/view.ts";
import type { PartOf } from "../pages/part.ts";
import { NO_PLACES } from "../pages/places.ts";
import type { Places } from "../pages/places.ts";
import { START } from "./changes.ts";
import type { Watched } from "./changes.ts";

export const PAGE = "wall";

export interface PageState {
  readonly lang: Lang;
  readonly link: Link;
  /** The line was lost, and not all has been made good yet: every figure is old. */
  readonly isLost: boolean;
  readonly city: CityView | null;
  readonly alerts: AlertsView | null;
  /** The server has no alert desk, or does not show it to who is signed in. */
  readonly isRefused: boolean;
  /** The server's *now* of each topic. */
  readonly cityAt: string | null;
  readonly alertsAt: string | null;
  /** When the city's view last moved on, by this machine's clock (ms). */
  readonly movedAt: number | null;
  readonly watched: Watched;
  /** Words of agencies and rules, where the server tells them; the wall stands without. */
  readonly places: Places;
  readonly rules: ReadonlyMap<string, Rule>;
  readonly isFull: boolean;
  /** This machine's clock (ms), moved on once a second. */
  readonly now: number;
}

export type Part = PartOf<PageState>;

export const start = (lang: Lang, link: Link): PageState => ({
  lang, link, isLost: lostAfter(false, link.phase), city: null, alerts: null, isRefused: false, cityAt: null, alertsAt: null, movedAt: null,
  watched: START, places: NO_PLACES, rules: new Map(), isFull: false, now: Date.now(),
});

/** A loss lasts until everything has been caught up, not only until there is a line again. */
export const lostAfter = (wasLost: boolean, phase: Phase): boolean => phase === "reconnecting" || (wasLost && phase !== "live");

/** Seconds since the city's view last moved on; `null` before the first. */
export const ageSeconds = ({ movedAt, now }: Pick<PageState, "movedAt" | "now">): number | null => (movedAt === null ? null : Math.max(0, (now - movedAt) / 1000));
