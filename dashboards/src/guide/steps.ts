/**
 * The steps of the tour, and where one is: a step stands before the address of its page, `/?tour=alerts#/alerts`, so that the pages keep
 * their addresses, a reload stays, and the address sent on goes on from there. Pure.
 */
import type { Catalogue } from "../i18n/vi.ts";
import type { Access } from "../signin/access.ts";
import { mayGo, placeOf } from "../signin/pages.ts";

export type StepName = keyof Catalogue["guide"]["tour"]["steps"];

export interface Step {
  readonly name: StepName;
  readonly hash: string;
}

/** A point of the demonstration city with much to see. */
const SITE = "00004";

export const STEPS: readonly Step[] = [
  { name: "room", hash: "#/" },
  { name: "site", hash: `#/site/${SITE}` },
  { name: "wall", hash: "#/wall" },
  { name: "alerts", hash: "#/alerts" },
  { name: "dossiers", hash: "#/dossiers" },
  { name: "agencies", hash: "#/agencies" },
  { name: "index", hash: "#/index" },
  { name: "scorecard", hash: "#/scorecard" },
  { name: "planner", hash: "#/planner?show=gaps" },
  { name: "day", hash: `#/day?site=${SITE}` },
  { name: "briefing", hash: "#/briefing" },
];

const PARAM = "tour";

/** Steps whose page is open to whoever is in. */
export const stepsFor = (access: Access): readonly Step[] => STEPS.filter(({ hash }) => mayGo(access, hash));

export const stepIn = (search: string, steps: readonly Step[]): Step | null => steps.find(({ name }) => name === new URLSearchParams(search).get(PARAM)) ?? null;

/** The query of an address with a step, or without; what else it says stays. */
export function searchWith(search: string, name: StepName | null): string {
  const query = new URLSearchParams(search);
  if (name === null) query.delete(PARAM);
  else query.set(PARAM, name);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** Whether an address is still on a step's page. */
export const isAt = (hash: string, step: Step): boolean => placeOf(hash).page === placeOf(step.hash).page;

export const hrefOf = (search: string, step: Step): string => `/${searchWith(search, step.name)}${step.hash}`;
