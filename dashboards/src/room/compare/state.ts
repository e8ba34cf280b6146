/** Which points are compared, over which days and by which figure: `#/compare?sites=00004,CN01&from=2026-11-16&to=2026-11-21&figure=wait`. Pure. */
import type { Lang } from "../../i18n/index.ts";
import { NOTHING } from "../charts/many.ts";
import type { Many } from "../charts/many.ts";
import type { OfHour, OfSite, Ratings, Report, Visits } from "../charts/reports.ts";
import { isSite } from "../day/state.ts";
import { NO_DAYS, daysInForce, daysOf } from "../pages/days.ts";
import type { Days } from "../pages/days.ts";
import { UNASKED } from "../pages/fetch.ts";
import type { Asked } from "../pages/fetch.ts";
import { hashOf } from "../pages/hash.ts";
import type { Query } from "../pages/hash.ts";
import type { ActionsOf, PartOf } from "../pages/part.ts";
import { NO_PLACES } from "../pages/places.ts";
import type { Places } from "../pages/places.ts";

export const PAGE = "compare";
/** More small charts are not looked over at once. */
export const MOST = 12;
/** Each hour of each day is a question of its own. */
export const MOST_DAYS = 31;
/** Days before today where none are chosen. */
const BEFORE = 6;
export const FIGURES = ["wait", "over", "transaction", "satisfied"] as const;
export type FigureKey = (typeof FIGURES)[number];

export interface View extends Days {
  readonly sites: readonly string[];
  readonly figure: FigureKey;
  /** The point whose week is shown; empty for the first. */
  readonly key: string;
}

/** What a report by points answers, of either family. */
export type Row = Partial<Visits> & Partial<Ratings>;

export interface Targets {
  readonly wait_s: number;
  readonly transaction_s: number;
  readonly satisfied_share: number;
}

export interface PageState {
  readonly lang: Lang;
  readonly view: View;
  readonly places: Places;
  readonly asOf: string | null;
  readonly simulated: boolean;
  readonly targets: Targets | null;
  readonly hours: Asked<Report<OfHour<Row>>>;
  readonly whole: Asked<Report<OfSite<Row>>>;
  readonly spans: Many<ReadonlyMap<string, Row>>;
}

export const start = (lang: Lang): PageState => ({
  lang, view: viewOf({}), places: NO_PLACES, asOf: null, simulated: false, targets: null, hours: UNASKED, whole: UNASKED, spans: NOTHING,
});

export type Part = PartOf<PageState>;
export type Actions = ActionsOf<View>;

export function viewOf(query: Query): View {
  const sites = [...new Set((query["sites"] ?? "").split(",").filter(isSite))].slice(0, MOST);
  const key = query["key"] ?? "";
  return { sites, ...daysOf(query), figure: FIGURES.find((one) => one === query["figure"]) ?? "wait", key: sites.includes(key) ? key : "" };
}

export const hashOfView = ({ sites, from, to, figure, key }: View): string =>
  hashOf(PAGE, { sites: sites.join(","), from, to, figure: figure === "wait" ? "" : figure, key: sites.includes(key) ? key : "" });

export const hashOfCompare = (sites: readonly string[]): string => hashOfView({ ...viewOf({}), ...NO_DAYS, sites });

export const inForce = ({ view, asOf }: Pick<PageState, "view" | "asOf">): Days | null => daysInForce(view, asOf, BEFORE);

export const daysIn = ({ from, to }: Days): number => (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;

export const withSite = (view: View, site: string): View => (view.sites.includes(site) || view.sites.length >= MOST ? view : { ...view, sites: [...view.sites, site] });
export const withoutSite = (view: View, site: string): View => ({ ...view, sites: view.sites.filter((one) => one !== site) });
