/** What the page knows and what of it the address says. Pure. */
import type { Lang } from "../../i18n/index.ts";
import { NO_DAYS, asked, daysInForce, daysOf } from "../pages/days.ts";
import type { Days } from "../pages/days.ts";
import { UNASKED, address } from "../pages/fetch.ts";
import type { Asked } from "../pages/fetch.ts";
import { hashOf } from "../pages/hash.ts";
import type { Query } from "../pages/hash.ts";
import type { Moves, PartOf } from "../pages/part.ts";
import { NO_PLACES } from "../pages/places.ts";
import type { Places } from "../pages/places.ts";
import { oddOf, signsOf } from "./model.ts";
import type { Finding } from "./model.ts";
import type { Integrity, Quality } from "./view.ts";

export const PAGE = "watching";
export const SHOWN = ["quality", "integrity"] as const;
type Shown = (typeof SHOWN)[number];

export interface View {
  readonly show: Shown;
  /** Empty for the last thirty days. */
  readonly days: Days;
  /** The reading or sign that is open. */
  readonly key: string;
  readonly find: string;
  readonly sort: string;
}

export interface PageState {
  readonly lang: Lang;
  readonly view: View;
  /** What time the server has; `null` before it is known. */
  readonly now: Asked<{ readonly as_of: string; readonly simulated: boolean }>;
  readonly quality: Asked<Quality>;
  readonly integrity: Asked<Integrity>;
  readonly places: Places;
}

export type Part = PartOf<PageState>;
export type Actions = Moves<View>;

const FIRST = "-count";

export const EMPTY: View = { show: "quality", days: NO_DAYS, key: "", find: "", sort: FIRST };

export const viewOf = (query: Query): View => ({
  show: SHOWN.find((one) => one === query["show"]) ?? "quality",
  days: daysOf(query),
  key: query["key"] ?? "",
  find: query["find"] ?? "",
  sort: query["sort"] ?? FIRST,
});

export const hashOfView = ({ show, days, key, find, sort }: View): string => hashOf(PAGE, {
  show: show === "quality" ? "" : show, from: days.from, to: days.to, find, sort: sort === FIRST ? "" : sort, key,
});

export const withShow = ({ days }: View, show: Shown): View => ({ ...EMPTY, days, show });
export const withKey = (view: View, key: string): View => ({ ...view, key });

/** One step out: of a reading or sign, of the signs, of the page. */
export function hashOfUp(view: View): string {
  if (view.key !== "") return hashOfView(withKey(view, ""));
  return view.show === "quality" ? "#/" : hashOfView(withShow(view, "quality"));
}

export const start = (lang: Lang): PageState =>
  ({ lang, view: EMPTY, now: UNASKED, quality: UNASKED, integrity: UNASKED, places: NO_PLACES });

export const inForce = ({ view, now }: PageState): Days | null => daysInForce(view.days, now.value?.as_of ?? null, 29);

export function spanAddress(state: PageState, show: Shown): string | null {
  const days = state.view.show === show ? inForce(state) : null;
  return days === null ? null : address(show, { ...asked(days) });
}

/** What was found, of whichever kind is in view; `null` before it is known. */
export function findings({ view, quality, integrity }: PageState): readonly Finding[] | null {
  if (view.show === "quality") return quality.value === null ? null : oddOf(quality.value);
  return integrity.value === null ? null : signsOf(integrity.value);
}
