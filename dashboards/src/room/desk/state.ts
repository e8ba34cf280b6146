/** What the page knows, and what of it the address says. Pure. */
import type { Lang } from "../../i18n/index.ts";
import type { Link } from "../../live/client.ts";
import type { AlertsView, Case } from "../../live/views.ts";
import { NO_DAYS, asked, daysInForce, daysOf } from "../pages/days.ts";
import type { Days } from "../pages/days.ts";
import { UNASKED, address } from "../pages/fetch.ts";
import type { Asked } from "../pages/fetch.ts";
import { hashOf } from "../pages/hash.ts";
import type { Query } from "../pages/hash.ts";
import type { PartOf } from "../pages/part.ts";
import { NO_PLACES } from "../pages/places.ts";
import type { Places } from "../pages/places.ts";
import { NO_FILTER, filterOf, queryOfFilter } from "./filter.ts";
import type { Filter } from "./filter.ts";
import type { Act } from "./life.ts";
import { NOTHING } from "./order.ts";
import type { Arranged } from "./order.ts";
import type { CaseList, Detail, Handover, Quality, Rule, Rules } from "./view.ts";

export const PAGE = "alerts";
export const SHOWN = ["list", "quality", "rules", "handover", "wall"] as const;
export type Shown = (typeof SHOWN)[number];

export interface View {
  readonly show: Shown;
  readonly filter: Filter;
  /** The case that is chosen, whose detail stands beside the list. */
  readonly key: string;
  /** Of the quality; empty for the last seven days. */
  readonly days: Days;
  /** Of the rules. */
  readonly find: string;
  readonly sort: string;
}

export interface PageState {
  readonly lang: Lang;
  readonly view: View;
  readonly places: Places;
  readonly rules: ReadonlyMap<string, Rule>;
  readonly link: Link;
  /** `null` until the first answer. */
  readonly alerts: AlertsView | null;
  /** The server's *now*; `null` before it is known. */
  readonly asOf: string | null;
  /** When the view last moved on, by this machine's clock (ms). */
  readonly movedAt: number | null;
  /** The server has no such topic. */
  readonly isRefused: boolean;
  readonly closed: Asked<CaseList>;
  readonly list: Arranged;
  /** The row under the cursor, empty where it is over none, `null` where the cursor is not in the list. */
  readonly pointed: string | null;
  readonly detail: Asked<Detail>;
  /** What is asked for before something is done; `null` where nothing is. */
  readonly form: Act | "seat" | null;
  /** What came of the last thing that was done. */
  readonly said: { readonly words: string; readonly isRefused: boolean } | null;
  readonly seat: string;
  readonly isHelp: boolean;
  readonly quality: Asked<Quality>;
  readonly ofRules: Asked<Rules>;
  readonly handover: Asked<Handover>;
  /** This machine's clock (ms), moved on once a second. */
  readonly now: number;
}

export type Part = PartOf<PageState>;

/** What parts may ask of the page. */
export interface Actions {
  go(change: (view: View) => View, quietly?: boolean): void;
  /** Moves the choice by some rows. */
  step(rows: number): void;
  choose(key: string): void;
  /** Goes into the detail, or back to the list. */
  enter(): void;
  leave(): void;
  /** The cursor is over a row of the list, or over none of them, or elsewhere. */
  point(key: string | null): void;
  /** Lets in what waits, and puts the list in order. */
  fresh(): void;
  run(act: Act): void;
  /** Sends what a form holds; `null` sends nothing and closes it. */
  send(act: Act, body: object | null): Promise<void>;
  askSeat(): void;
  setSeat(seat: string | null): void;
  help(isShown: boolean): void;
  setSound(isOn: boolean): void;
  mute(until: number): void;
  readonly reload: () => void;
}

/** Rules are shown in order of their group, so that what belongs together stands together. */
const FIRST = "group";

export const EMPTY: View = { show: "list", filter: NO_FILTER, key: "", days: NO_DAYS, find: "", sort: FIRST };

export function viewOf(query: Query): View {
  const show = SHOWN.find((one) => one === query["show"]) ?? "list";
  return {
    show,
    filter: show === "list" ? filterOf(query) : NO_FILTER,
    key: show === "list" ? (query["key"] ?? "") : "",
    days: show === "quality" ? daysOf(query) : NO_DAYS,
    find: show === "rules" ? (query["find"] ?? "") : "",
    sort: show === "rules" ? (query["sort"] ?? FIRST) : FIRST,
  };
}

export const hashOfView = ({ show, filter, key, days, find, sort }: View): string => hashOf(PAGE, {
  show: show === "list" ? "" : show,
  ...(show === "list" ? queryOfFilter(filter) : { find }),
  from: days.from, to: days.to, sort: sort === FIRST ? "" : sort, key,
});

export const hashOfCase = (id: string): string => hashOfView({ ...EMPTY, key: id });

export const withShow = (show: Shown): View => ({ ...EMPTY, show });
export const withKey = (view: View, key: string): View => ({ ...view, key });
export const withFilter = (view: View, change: Partial<Filter>): View => ({ ...view, filter: { ...view.filter, ...change } });

/** One step out: of a case, of another tab, of the page. */
export function hashOfUp(view: View): string {
  if (view.key !== "") return hashOfView(withKey(view, ""));
  return view.show === "list" ? "#/" : hashOfView(EMPTY);
}

export const start = (lang: Lang, link: Link, seat: string): PageState => ({
  lang, view: EMPTY, places: NO_PLACES, rules: new Map(), link, alerts: null, asOf: null, movedAt: null, isRefused: false,
  closed: UNASKED, list: NOTHING, pointed: null, detail: UNASKED, form: null, said: null, seat, isHelp: false,
  quality: UNASKED, ofRules: UNASKED, handover: UNASKED, now: Date.now(),
});

export const qualityDays = ({ view, asOf }: PageState): Days | null => daysInForce(view.days, asOf, 6);

export function qualityAddress(state: PageState): string | null {
  const days = state.view.show === "quality" ? qualityDays(state) : null;
  return days === null ? null : address("alerts/quality", { ...asked(days) });
}

/** How many closed ones are asked for at once. */
const MOST_CLOSED = 500;

export const closedAddress = ({ show, filter }: View): string | null =>
  show === "list" && filter.states.includes("closed") ? address("alerts", { state: "closed", limit: MOST_CLOSED }) : null;

const NONE: ReadonlyMap<string, Case> = new Map();

/** Every case that is known: those that are open, and the closed ones that were asked for. */
export function casesOf({ alerts, closed }: Pick<PageState, "alerts" | "closed">): ReadonlyMap<string, Case> {
  const open = alerts?.cases ?? NONE;
  const over = closed.value?.alerts ?? [];
  return over.length === 0 ? open : new Map([...over.map((one) => [one.id, one] as const), ...open]);
}

/** The chosen case, as it is known best: live, in its place in the list, or as the server answered for it. */
export function chosen({ view, alerts, list, detail }: PageState): Case | null {
  if (view.key === "") return null;
  const live = alerts?.cases.get(view.key);
  if (live !== undefined) return live;
  const answered = detail.value?.case.id === view.key ? detail.value.case : null;
  // An answer from before it was closed says less than the place that it keeps.
  if (answered?.state === "closed") return answered;
  return list.rows.find(({ one }) => one.id === view.key)?.one ?? answered;
}
