/** What the page knows and what of it the address says. Pure. */
import type { Lang } from "../../i18n/index.ts";
import { address, UNASKED } from "../pages/fetch.ts";
import type { Asked } from "../pages/fetch.ts";
import { hashOf } from "../pages/hash.ts";
import type { Query } from "../pages/hash.ts";
import type { ActionsOf, PartOf } from "../pages/part.ts";
import { NO_PLACES } from "../pages/places.ts";
import type { Places } from "../pages/places.ts";
import type { Baselines, Card, Scorecard } from "./view.ts";

export const PAGE = "scorecard";
export const SIDES = ["internal", "external"] as const;
type SideName = (typeof SIDES)[number];
export const SHOWN = ["board", "productivity", "equity", "baselines"] as const;
type Shown = (typeof SHOWN)[number];

export interface View {
  /** Empty for the current month. */
  readonly period: string;
  readonly side: SideName;
  readonly show: Shown;
  /** The card that is open, or the point whose staff are entered. */
  readonly key: string;
  readonly find: string;
  readonly sort: string;
}

export interface PageState {
  readonly lang: Lang;
  readonly view: View;
  readonly card: Asked<Scorecard>;
  readonly baselines: Asked<Baselines>;
  readonly places: Places;
}

export type Part = PartOf<PageState>;
export type Actions = ActionsOf<View>;

export const EMPTY: View = { period: "", side: "internal", show: "board", key: "", find: "", sort: "rank" };

/** What is told of points only. */
const isInternal = (show: Shown): boolean => show === "productivity" || show === "equity";

export function viewOf(query: Query): View {
  const show = SHOWN.find((one) => one === query["show"]) ?? "board";
  const side = SIDES.find((one) => one === query["view"]) ?? "internal";
  return {
    period: query["period"] ?? "",
    side: isInternal(show) ? "internal" : side,
    show,
    key: show === "board" || show === "productivity" ? (query["key"] ?? "") : "",
    find: query["find"] ?? "",
    sort: query["sort"] ?? sortAtFirst(show),
  };
}

const sortAtFirst = (show: Shown): string => (show === "productivity" ? "-year" : EMPTY.sort);

export function hashOfView({ period, side, show, key, find, sort }: View): string {
  return hashOf(PAGE, {
    period,
    view: side === "internal" ? "" : side,
    show: show === "board" ? "" : show,
    find,
    sort: sort === sortAtFirst(show) ? "" : sort,
    key,
  });
}

export const withPeriod = (view: View, period: string): View => ({ ...view, period });
export const withSide = ({ period, show }: View, side: SideName): View => ({ ...EMPTY, period, side, show: isInternal(show) ? "board" : show });
export const withShow = ({ period, side }: View, show: Shown): View =>
  ({ ...EMPTY, period, show, side: isInternal(show) ? "internal" : side, sort: sortAtFirst(show) });
export const withKey = (view: View, key: string): View => ({ ...view, key });

/** One step out: of a card, of a part, of the page. */
export function hashOfUp(view: View): string {
  if (view.key !== "") return hashOfView(withKey(view, ""));
  return view.show === "board" ? "#/" : hashOfView(withShow(view, "board"));
}

export const start = (lang: Lang): PageState => ({ lang, view: EMPTY, card: UNASKED, baselines: UNASKED, places: NO_PLACES });

export const cardAddress = ({ period, side }: View): string => address("scorecard", { period, view: side });

export const isList = ({ view }: PageState): boolean => view.show === "board" && view.key === "";

/** The card that is open, once it is known. */
export function openCard({ view, card }: PageState): Card | null {
  if (view.show !== "board" || view.key === "" || card.value?.view !== view.side) return null;
  return card.value.rows.find(({ key }) => key === view.key) ?? null;
}
