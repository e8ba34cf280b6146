/** What the list is asked for, as the address says it and as the server is asked. Pure. */
import type { Lang } from "../../i18n/index.ts";
import { dayAfter, dayOfQuery } from "../pages/days.ts";
import { address } from "../pages/fetch.ts";
import { hashOf } from "../pages/hash.ts";
import type { Query } from "../pages/hash.ts";
import type { Moves, PartOf } from "../pages/part.ts";
import type { Places } from "../pages/places.ts";
import type { Listing } from "./loader.ts";

export const PAGE = "dossiers";
export const STAGES = ["awaiting_acceptance", "open", "resolved", "refused", "withdrawn", "stopped"] as const;
export const SORTS = ["due", "filed", "ended", "code"] as const;
type Sort = (typeof SORTS)[number];
export const CHANNELS = ["counter", "online", "postal", "mobile", "community"] as const;
export const DATES = ["due_from", "due_to", "filed_from", "filed_to"] as const;
/** Filters by a code. */
const CODES = ["agency", "holder", "site", "field", "procedure", "channel"] as const;
/** Rows of one question. */
export const PER_PAGE = 200;
/** Rows that one file holds. */
export const MOST_IN_FILE = 100_000;

type Yes = "" | "true" | "false";

export type View = Readonly<Record<(typeof CODES)[number] | (typeof DATES)[number] | "q" | "stage", string>> & {
  readonly overdue: Yes;
  readonly paused: Yes;
  readonly has_due: Yes;
  readonly sort: Sort;
};

export const EMPTY: View = {
  q: "", stage: "", overdue: "", paused: "", has_due: "",
  agency: "", holder: "", site: "", field: "", procedure: "", channel: "",
  due_from: "", due_to: "", filed_from: "", filed_to: "", sort: "due",
};

export interface PageState {
  readonly lang: Lang;
  readonly view: View;
  readonly listing: Listing;
  readonly places: Places;
}

export type Part = PartOf<PageState>;
export type Actions = Moves<View>;

const yes = (text: string | undefined): Yes => (text === "true" || text === "false" ? text : "");

/** Stages of an address; all of them is `all`, and those of the default are nothing. */
function stagesIn(text: string): string {
  if (text === "all") return text;
  const stages = STAGES.filter((stage) => text.split(",").includes(stage));
  return stages.join() === "awaiting_acceptance,open" ? "" : stages.join();
}

export function viewOf(query: Query): View {
  const text = (key: string): string => query[key] ?? "";
  const day = (key: string): string => dayOfQuery(query[key]);
  return {
    q: text("q"), stage: stagesIn(text("stage")),
    overdue: yes(query["overdue"]), paused: yes(query["paused"]), has_due: yes(query["has_due"]),
    agency: text("agency"), holder: text("holder"), site: text("site"), field: text("field"), procedure: text("procedure"),
    channel: CHANNELS.find((one) => one === query["channel"]) ?? "",
    due_from: day("due_from"), due_to: day("due_to"), filed_from: day("filed_from"), filed_to: day("filed_to"),
    sort: SORTS.find((one) => one === query["sort"]) ?? EMPTY.sort,
  };
}

export const hashOfView = (view: View): string => hashOf(PAGE, { ...view, sort: view.sort === EMPTY.sort ? "" : view.sort });

/** The page with some of its filters, for links from elsewhere. */
export const hashOfFilters = (filters: Partial<View>): string => hashOfView({ ...EMPTY, ...filters });

/** A code as it is typed or pasted: marks of a keyboard set to Vietnamese, wide forms, spaces and case do not matter. */
export function typedCode(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}+/gu, "").replace(/đ/gi, "d").replace(/\s+/g, "").toUpperCase();
}

export function listAddress(view: View, more: Readonly<Record<string, string | number>>): string {
  const { due_to, filed_to, q, procedure, ...rest } = view;
  return address("dossiers/list", {
    q: typedCode(q), ...rest, procedure: procedure.trim(), due_to: dayAfter(due_to), filed_to: dayAfter(filed_to), ...more,
  });
}

export const QUICKS = ["overdue", "today", "paused", "no_due"] as const;
type Quick = (typeof QUICKS)[number];

/** What a quick filter sets; `today` is empty before the server has said what day it is. */
function quickOf(quick: Quick, today: string): Partial<View> {
  return {
    overdue: { overdue: "true" as const },
    today: { due_from: today, due_to: today },
    paused: { paused: "true" as const },
    no_due: { has_due: "false" as const },
  }[quick];
}

export function isQuick(view: View, quick: Quick, today: string): boolean {
  const wanted = Object.entries(quickOf(quick, today)) as [keyof View, string][];
  return wanted.every(([key, value]) => value !== "" && view[key] === value);
}

/** Sets a quick filter, or takes it away where it is in force. */
export function quickened(view: View, quick: Quick, today: string): View {
  const set = quickOf(quick, today);
  if (!isQuick(view, quick, today)) return { ...view, ...set };
  return { ...view, ...Object.fromEntries(Object.keys(set).map((key) => [key, ""])) };
}

/** Filters in force beside the search and the order. */
export const filtersOn = (view: View): number =>
  [...CODES, "overdue" as const, "paused" as const, "has_due" as const, "stage" as const].filter((key) => view[key] !== "").length
  + Number(view.due_from !== "" || view.due_to !== "") + Number(view.filed_from !== "" || view.filed_to !== "");

/** Without filters: the search and the order stay. */
export const cleared = ({ q, sort }: View): View => ({ ...EMPTY, q, sort });

/** One step out: of the filters, of the search, of the page. */
export function hashOfUp(view: View): string {
  if (filtersOn(view) > 0) return hashOfView(cleared(view));
  return view.q === "" ? "#/" : hashOfView({ ...view, q: "" });
}
