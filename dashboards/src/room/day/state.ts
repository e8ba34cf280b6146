/** What the page of one point's day knows, and what of it the address says: `#/day?site=00004&date=2026-11-20`. Pure. */
import type { Lang } from "../../i18n/index.ts";
import type { Case } from "../../live/views.ts";
import type { Many } from "../charts/many.ts";
import { NOTHING } from "../charts/many.ts";
import type { Boards, OfHour, OfSite, Ratings, Report, Visits } from "../charts/reports.ts";
import type { Rule } from "../desk/view.ts";
import { dayOf, dayOfQuery } from "../pages/days.ts";
import { UNASKED } from "../pages/fetch.ts";
import type { Asked } from "../pages/fetch.ts";
import { hashOf } from "../pages/hash.ts";
import type { Query } from "../pages/hash.ts";
import type { ActionsOf, PartOf } from "../pages/part.ts";
import { NO_PLACES } from "../pages/places.ts";
import type { Places } from "../pages/places.ts";
import type { Tickets } from "./tickets.ts";

export const PAGE = "day";

export interface View {
  readonly site: string;
  /** Empty for the server's today. */
  readonly date: string;
  /** Whether queue and counters are reckoned from single tickets, which the server writes into its log. */
  readonly queue: boolean;
  /** The time of day that the cursor stands at, `09:30`; empty for none. */
  readonly at: string;
}

/** What the server says of a point. */
export interface Site {
  readonly as_of: string;
  readonly days: readonly { readonly day: string; readonly closes_at: string | null; readonly final_at: string | null; readonly missing: readonly unknown[]; readonly provisional: boolean }[];
  readonly site: { readonly id: string; readonly name: string | null } | null;
  readonly now: { readonly name: string | null } | null;
}

export interface Alerts {
  readonly alerts: readonly Case[];
  readonly as_of: string;
}

export interface PageState {
  readonly lang: Lang;
  readonly view: View;
  readonly places: Places;
  readonly rules: ReadonlyMap<string, Rule>;
  readonly asOf: string | null;
  readonly simulated: boolean;
  /** Of waits, seconds; `null` until the server has told it. */
  readonly target: number | null;
  readonly mayQuery: boolean;
  readonly site: Asked<Site>;
  readonly hours: Asked<Report<OfHour<Visits>>>;
  /** Hours of ratings and boards, which may lie outside those of visits. */
  readonly more: Many<readonly string[]>;
  readonly whole: Asked<Report<OfSite<Visits>>>;
  readonly board: Asked<Report<OfSite<Boards>>>;
  readonly alerts: Asked<Alerts>;
  readonly quarters: Many<ReadonlyMap<string, Visits>>;
  readonly ratings: Many<ReadonlyMap<string, Ratings>>;
  readonly boards: Many<ReadonlyMap<string, Boards>>;
  readonly tickets: Asked<Tickets>;
}

export const start = (lang: Lang): PageState => ({
  lang, view: { site: "", date: "", queue: false, at: "" }, places: NO_PLACES, rules: new Map(), asOf: null, simulated: false, target: null, mayQuery: false,
  site: UNASKED, hours: UNASKED, more: NOTHING, whole: UNASKED, board: UNASKED, alerts: UNASKED, quarters: NOTHING, ratings: NOTHING, boards: NOTHING, tickets: UNASKED,
});

export type Part = PartOf<PageState>;
export type Actions = ActionsOf<View>;

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

export function viewOf(query: Query): View {
  const { site = "", at = "" } = query;
  return { site: isSite(site) ? site : "", date: dayOfQuery(query["date"]), queue: query["queue"] === "1", at: TIME.test(at) ? at : "" };
}

export const hashOfView = ({ site, date, queue, at }: View): string => hashOf(PAGE, { site, date, queue: queue ? "1" : "", at });

export const hashOfDay = (site: string, date = ""): string => hashOfView({ site, date, queue: false, at: "" });

/** A code as the contract has it; nothing else goes into a question. */
export const isSite = (text: string): boolean => /^[A-Za-z0-9._:/-]{1,64}$/.test(text);

/** The day in force: the chosen one, or the server's; empty before that is known. */
export const dayInForce = ({ view, asOf }: Pick<PageState, "view" | "asOf">): string => (view.date !== "" || asOf === null ? view.date : dayOf(asOf));

export type Standing = "unknown" | "past" | "today" | "ahead";

/** How the day lies to the server's now. */
export function standingOf(day: string, asOf: string | null): Standing {
  if (day === "" || asOf === null) return "unknown";
  const today = dayOf(asOf);
  return day === today ? "today" : day < today ? "past" : "ahead";
}
