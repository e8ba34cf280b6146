/** Which page, and which part of one, is open to whom: the menus, the search box and the pages themselves ask here. Pure. */
import { hasPart, hasPoints, hasWhole } from "./access.ts";
import type { Access, Right } from "./access.ts";

/** Names of pages as addresses have them; `room` is what lies under them all. */
export const PAGES = ["room", "wall", "alerts", "dossier", "dossiers", "agencies", "index", "scorecard", "registers", "watching", "planner", "briefing", "day", "compare", "guide"] as const;
export type PageName = (typeof PAGES)[number];

type Need = (access: Access) => boolean;
const whole = (right: Right): Need => (access) => hasWhole(access, right);
const part = (right: Right): Need => (access) => hasPart(access, right);
const points = (right: Right): Need => (access) => hasPoints(access, right);
const all = (...needs: readonly Need[]): Need => (access) => needs.every((need) => need(access));

const NEEDS: Readonly<Record<PageName, Need>> = {
  room: points("see_figures"),
  // How the city stands is nobody's part.
  wall: all(whole("see_figures"), whole("see_alerts")),
  alerts: part("see_alerts"),
  dossier: part("see_dossiers"),
  dossiers: part("see_dossiers"),
  agencies: part("see_figures"),
  index: whole("see_figures"),
  scorecard: whole("see_figures"),
  registers: whole("see_figures"),
  watching: all(whole("see_figures"), whole("see_dossiers")),
  planner: whole("plan"),
  briefing: whole("see_figures"),
  day: points("see_figures"),
  compare: points("see_figures"),
  // What figures are is told to everybody.
  guide: () => true,
};

/** Parts of a page that need more than the page. */
const SHOWN: Readonly<Record<string, Need>> = {
  "alerts/quality": whole("see_alerts"),
  "alerts/handover": whole("see_alerts"),
  "registers/incidents": whole("see_health"),
  "agencies/flows": whole("see_figures"),
  "agencies/late": part("see_dossiers"),
  "index/losses": whole("see_dossiers"),
  "room/feed": whole("see_dossiers"),
  "room/alerts": part("see_alerts"),
};

export const mayOpen = (access: Access, page: PageName): boolean => NEEDS[page](access);

export const mayShow = (access: Access, page: PageName, shown: string): boolean =>
  mayOpen(access, page) && (SHOWN[`${page}/${shown}`]?.(access) ?? true);

/** Which page an address names, and which part of it. */
export function placeOf(hash: string): { readonly page: PageName; readonly shown: string } {
  const [path = "", query = ""] = hash.replace(/^#\//, "").split("?");
  const page = PAGES.find((one) => one === path.split("/")[0]) ?? "room";
  return { page, shown: new URLSearchParams(query).get("show") ?? "" };
}

/** Whether an address leads to something that is open. */
export function mayGo(access: Access, hash: string): boolean {
  const { page, shown } = placeOf(hash);
  return mayShow(access, page, shown);
}

export const hashOfPage = (page: PageName): string => (page === "room" ? "#/" : `#/${page}`);

/** What is open, in the order of the menus. */
export const openTo = (access: Access): readonly PageName[] => PAGES.filter((page) => mayOpen(access, page));

/** What is posted to, and the right that it needs; what is not listed is left to the server. */
const POSTED: readonly (readonly [path: string, need: Need])[] = [
  ["alerts/handover", whole("act_on_alerts")],
  ["alerts/rules", whole("change_rules")],
  ["scorecard/weights", whole("change_rules")],
  ["staff", points("enter")],
  ...["index766/", "flows/portal", "scorecard/entries", "baselines", "tasks", "training/"].map((path) => [path, whole("enter")] as const),
];

export const maySend = (access: Access, path: string): boolean => POSTED.find(([one]) => path.startsWith(one))?.[1](access) ?? true;
