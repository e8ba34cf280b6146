/** What the page knows and what of it the address says. Pure. */
import type { Lang } from "../../i18n/index.ts";
import { NO_DAYS, asked, daysInForce, daysOf } from "../pages/days.ts";
import type { Days } from "../pages/days.ts";
import { UNASKED, address } from "../pages/fetch.ts";
import type { Asked } from "../pages/fetch.ts";
import { hashOf } from "../pages/hash.ts";
import type { Query } from "../pages/hash.ts";
import type { ActionsOf, PartOf } from "../pages/part.ts";
import { NO_PLACES } from "../pages/places.ts";
import type { Places } from "../pages/places.ts";
import type { Incidents, Sessions, Tasks, Training } from "./view.ts";

export const PAGE = "registers";
export const SHOWN = ["tasks", "training", "sessions", "incidents"] as const;
type Shown = (typeof SHOWN)[number];

export interface View {
  readonly show: Shown;
  /** Of sessions; empty for a month back and two weeks on. */
  readonly days: Days;
  /** The task that is open. */
  readonly key: string;
  readonly find: string;
  readonly sort: string;
}

export interface PageState {
  readonly lang: Lang;
  readonly view: View;
  /** Asked for by every register: it is quick, and says what time the server has. */
  readonly tasks: Asked<Tasks>;
  readonly training: Asked<Training>;
  readonly sessions: Asked<Sessions>;
  readonly incidents: Asked<Incidents>;
  readonly places: Places;
}

export type Part = PartOf<PageState>;
export type Actions = ActionsOf<View>;

/** The order that the server gives, of registers whose order it is. */
const FIRST: Record<Shown, string> = { tasks: "", training: "name", sessions: "-when", incidents: "" };

export const EMPTY: View = { show: "tasks", days: NO_DAYS, key: "", find: "", sort: "" };

export function viewOf(query: Query): View {
  const show = SHOWN.find((one) => one === query["show"]) ?? "tasks";
  return {
    show,
    days: show === "sessions" ? daysOf(query) : NO_DAYS,
    key: show === "tasks" ? (query["key"] ?? "") : "",
    find: query["find"] ?? "",
    sort: query["sort"] ?? FIRST[show],
  };
}

export const hashOfView = ({ show, days, key, find, sort }: View): string => hashOf(PAGE, {
  show: show === "tasks" ? "" : show, from: days.from, to: days.to, find, sort: sort === FIRST[show] ? "" : sort, key,
});

export const withShow = (show: Shown): View => ({ ...EMPTY, show, sort: FIRST[show] });
export const withKey = (view: View, key: string): View => ({ ...view, key });

/** One step out: of a task, of a register, of the page. */
export function hashOfUp(view: View): string {
  if (view.key !== "") return hashOfView(withKey(view, ""));
  return view.show === "tasks" ? "#/" : hashOfView(EMPTY);
}

export const start = (lang: Lang): PageState =>
  ({ lang, view: EMPTY, tasks: UNASKED, training: UNASKED, sessions: UNASKED, incidents: UNASKED, places: NO_PLACES });

/** The days of sessions in force, once the server's today is known. */
export const sessionDays = ({ view, tasks }: PageState): Days | null => daysInForce(view.days, tasks.value?.as_of ?? null, 30, 14);

export function sessionsAddress(state: PageState): string | null {
  const days = state.view.show === "sessions" ? sessionDays(state) : null;
  return days === null ? null : address("sessions", { ...asked(days) });
}
