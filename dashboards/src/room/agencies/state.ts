/** What the page knows and what of it the address says. Pure. */
import type { Lang } from "../../i18n/index.ts";
import { asked, dayOf, dayOfQuery, monthBegin } from "../pages/days.ts";
import type { Days } from "../pages/days.ts";
import { UNASKED, address } from "../pages/fetch.ts";
import type { Asked } from "../pages/fetch.ts";
import { hashOf } from "../pages/hash.ts";
import type { Query } from "../pages/hash.ts";
import { NO_PLACES } from "../pages/places.ts";
import type { Places } from "../pages/places.ts";
import type { Backlog, BacklogRow, Duties, Flows, Forecast, Graph } from "./view.ts";

export const PAGE = "agencies";
export const BY = ["holder", "agency", "field", "level", "site"] as const;
export type By = (typeof BY)[number];

/** Dossiers to urge, and ways in the table. */
const URGED = 12;
export const WAYS = 12;
/** Ways that are asked for: those of one agency are found among them, and the picture takes all together. */
const MOST_WAYS = 5_000;
const VARIANTS = 10;
const SHARE = 40;

export interface View {
  readonly by: By;
  /** The agency that is open; empty for the whole city. */
  readonly key: string;
  /** Days, both within; empty for the month so far. */
  readonly from: string;
  readonly to: string;
  readonly find: string;
  readonly sort: string;
  /** The share of a process's arrows that is drawn, in per cent. */
  readonly share: number;
}

export interface PageState {
  readonly lang: Lang;
  readonly view: View;
  readonly places: Places;
  /** The server's own time, once it has been told: it stays while the next backlog is on its way. */
  readonly asOf: string | null;
  readonly backlog: Asked<Backlog>;
  readonly forecast: Asked<Forecast>;
  readonly process: Asked<{ readonly graph: Graph }>;
  readonly flows: Asked<Flows>;
  readonly duties: Asked<Duties>;
}

export const EMPTY: View = { by: "agency", key: "", from: "", to: "", find: "", sort: "-overdue", share: SHARE };

export const start = (lang: Lang): PageState =>
  ({ lang, view: EMPTY, places: NO_PLACES, asOf: null, backlog: UNASKED, forecast: UNASKED, process: UNASKED, flows: UNASKED, duties: UNASKED });

/** Rows of these open an agency; those of the others lead to their dossiers. */
export const isOfAgencies = (by: By): boolean => by === "agency" || by === "holder";

export function viewOf(query: Query): View {
  const by = BY.find((one) => one === query["by"]) ?? EMPTY.by;
  const share = Number(query["share"] ?? String(SHARE));
  return {
    by,
    key: isOfAgencies(by) ? (query["key"] ?? "") : "",
    from: dayOfQuery(query["from"]),
    to: dayOfQuery(query["to"]),
    find: query["find"] ?? "",
    sort: query["sort"] ?? EMPTY.sort,
    share: Number.isInteger(share) && share >= 1 && share <= 100 ? share : SHARE,
  };
}

export const hashOfView = ({ by, key, from, to, find, sort, share }: View): string => hashOf(PAGE, {
  by: by === EMPTY.by ? "" : by, key, from, to, find,
  sort: sort === EMPTY.sort ? "" : sort,
  share: share === SHARE ? "" : String(share),
});

export const withBy = (view: View, by: By): View => ({ ...view, by, key: "", find: "" });

export const hashOfUp = (view: View): string => (view.key === "" ? "#/" : hashOfView({ ...view, key: "" }));

/** The row of the agency that is open; an agency with nothing open has none. */
export function openRow({ view, backlog }: PageState): BacklogRow | null {
  return view.key === "" ? null : (backlog.value?.rows.find(({ key }) => key === view.key) ?? null);
}

/** The days looked at: those chosen, else the month up to the server's own day. `null` before that is known. */
export function inForce({ from, to }: View, asOf: string | null): Days | null {
  if (asOf === null && (from === "" || to === "")) return null;
  const last = to === "" ? dayOf(asOf ?? "") : to;
  return { from: from === "" ? monthBegin(last) : from, to: last };
}

export const backlogAddress = ({ by }: View): string => address("backlog", { by });

export const forecastAddress = ({ key }: View): string => address("forecast", { agency: key, limit: URGED, open_only: "true" });

/** What is asked of a span; the server's spans end before their last instant. */
export function spanAddresses(view: View, asOf: string | null): Readonly<Record<"process" | "flows" | "duties", string | null>> {
  const days = inForce(view, asOf);
  if (days === null || days.to < days.from) return { process: null, flows: null, duties: null };
  const span = asked(days);
  return {
    process: address("process", { ...span, agency: view.key, variants: VARIANTS }),
    flows: address("flows", { ...span, limit: MOST_WAYS }),
    duties: address("duties", { ...span, by: view.key === "" ? "" : "agency" }),
  };
}
