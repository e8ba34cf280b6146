/** What the page knows and what of it the address says. Pure. */
import { hashOf } from "../pages/hash.ts";
import type { Query } from "../pages/hash.ts";
import type { ActionsOf, PartOf } from "../pages/part.ts";
import { address, UNASKED } from "../pages/fetch.ts";
import type { Asked } from "../pages/fetch.ts";
import type { Lang } from "../../i18n/index.ts";
import type { Names } from "../pages/names.ts";
import type { Index, IndexRow, Losses } from "./view.ts";

export const PAGE = "index";
export const BY = ["city", "agency", "unit", "site"] as const;
export type By = (typeof BY)[number];

/** Losses on one page of the list. */
export const PER_PAGE = 50;
/** Cases that may be chosen at once: they are all named in one question. */
export const MAX_CHOSEN = 500;

export interface View {
  /** Empty for the current month. */
  readonly period: string;
  readonly by: By;
  /** The part that is open; empty for the city, or for the list of parts. */
  readonly key: string;
  /** The indicator whose losses are open; empty for none. */
  readonly indicator: string;
  /** Of the losses, from 1 on. */
  readonly page: number;
  /** Cases thought to be mended. */
  readonly chosen: readonly string[];
  readonly find: string;
  readonly sort: string;
}

export interface PageState {
  readonly lang: Lang;
  readonly view: View;
  readonly index: Asked<Index>;
  readonly losses: Asked<Losses>;
  readonly names: Names;
}

export type Part = PartOf<PageState>;
export type Actions = ActionsOf<View>;

export const EMPTY: View = { period: "", by: "city", key: "", indicator: "", page: 1, chosen: [], find: "", sort: "-lost" };

export function viewOf(query: Query): View {
  const by = BY.find((one) => one === query["by"]) ?? "city";
  const page = Number(query["page"] ?? "1");
  const chosen = (query["chosen"] ?? "").split(",").filter((one) => one !== "");
  return {
    period: query["period"] ?? "",
    by,
    key: by === "city" ? "" : (query["key"] ?? ""),
    indicator: query["indicator"] ?? "",
    page: Number.isInteger(page) && page > 0 ? page : 1,
    chosen: [...new Set(chosen)].slice(0, MAX_CHOSEN),
    find: query["find"] ?? "",
    sort: query["sort"] ?? EMPTY.sort,
  };
}

export function hashOfView(view: View): string {
  return hashOf(PAGE, {
    period: view.period,
    by: view.by === "city" ? "" : view.by,
    key: view.key,
    find: view.find,
    sort: view.sort === EMPTY.sort ? "" : view.sort,
    indicator: view.indicator,
    page: view.page === 1 ? "" : String(view.page),
    chosen: view.chosen.join(","),
  });
}

/** Another period: the same part and indicator, from the first page and with nothing chosen. */
export const withPeriod = (view: View, period: string): View => ({ ...view, period, page: 1, chosen: [] });
export const withBy = (view: View, by: By): View => ({ ...EMPTY, period: view.period, by });
export const withPart = (view: View, key: string): View => ({ ...view, key, indicator: "", page: 1, chosen: [] });
export const withIndicator = (view: View, indicator: string): View => ({ ...view, indicator, page: 1, chosen: [] });

/** One step out: of the losses, of a part, of the page. */
export function hashOfUp(view: View): string {
  if (view.indicator !== "") return hashOfView(withIndicator(view, ""));
  return view.key === "" ? "#/" : hashOfView(withPart(view, ""));
}

/** Chooses cases or lets go of them; those over the most that may be chosen are left out. */
export function choosing(view: View, cases: readonly string[], isChosen: boolean): View {
  const others = view.chosen.filter((one) => !cases.includes(one));
  return { ...view, chosen: (isChosen ? [...others, ...cases] : others).slice(0, MAX_CHOSEN) };
}

export const start = (lang: Lang, names: Names): PageState => ({ lang, view: EMPTY, index: UNASKED, losses: UNASKED, names });

export const isList = (view: View): boolean => view.by !== "city" && view.key === "";

/** The part that is open, once it is known; parts in which nothing counts have no row. */
export function openRow({ view, index }: PageState): IndexRow | null {
  if (isList(view)) return null;
  return index.value?.rows.find((row) => row.key === view.key) ?? null;
}

export const indexAddress = ({ period, by }: View): string => address("index766", { period, by });

export function lossesAddress(view: View, limit = PER_PAGE, offset = (view.page - 1) * PER_PAGE): string | null {
  if (view.indicator === "" || isList(view)) return null;
  const { period, by, key, indicator, chosen } = view;
  return address("index766/losses", { period, by, key, indicator, limit, offset, what_if: chosen.join(",") });
}
