/** The points as tiles: always in the same places, in the order of their units; and those that are called by name. Pure. */
import { SITE_STATES } from "../../live/views.ts";
import type { SiteSummary } from "../../live/views.ts";

const natural = new Intl.Collator("en", { numeric: true });

/** Points of one unit stand together, and units by their codes, which go by districts; what has no unit stands last. */
export const inUnits = (sites: readonly SiteSummary[]): SiteSummary[] =>
  [...sites].sort((a, b) => Number(a.unit === null) - Number(b.unit === null) || natural.compare(a.unit ?? "", b.unit ?? "") || natural.compare(a.id, b.id));

/** A point that fell silent in its hours is in trouble too: nobody knows how it fares. */
const isInTrouble = ({ state, reasons }: SiteSummary): boolean => state === "over" || reasons.includes("silent");

/** The most urgent first. */
export const inTrouble = (sites: readonly SiteSummary[]): SiteSummary[] =>
  sites.filter(isInTrouble).sort((a, b) => SITE_STATES.indexOf(a.state) - SITE_STATES.indexOf(b.state) || b.attention - a.attention || natural.compare(a.id, b.id));
