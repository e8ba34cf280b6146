/** The public list of waits as the server sends it, and the order in which a citizen sees it. Pure. */
import { fold, matches } from "../ui/search.ts";

/** A range of minutes; `to_min` is null where there is no bound. */
export interface Range {
  readonly from_min: number;
  readonly to_min: number | null;
}

export interface Wait extends Range {
  readonly sample: number;
  readonly basis: "hour" | "queue" | "forecast" | null;
}

export interface Neighbour extends Range {
  readonly id: string;
  readonly name: string;
  readonly travel_min: number;
  readonly approximate: boolean;
  readonly saves_min: number;
}

export interface Point {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly lon: number;
  readonly lat: number;
  readonly state: "open" | "closed" | "no_data";
  readonly opens_at: string | null;
  readonly closes_at: string | null;
  readonly heard_at: string | null;
  readonly waiting: number | null;
  readonly waiting_source: "tickets" | "board" | null;
  readonly wait: Wait | null;
  readonly over_standard: boolean | null;
  readonly neighbour: Neighbour | null;
}

export interface Feed {
  readonly as_of: string;
  readonly simulated: boolean;
  readonly standard_min: number;
  readonly points: readonly Point[];
}

export interface Place {
  readonly lon: number;
  readonly lat: number;
}

/** What the person has chosen. Where they are stays here: it is sent nowhere and kept nowhere. */
export interface Choice {
  readonly query: string;
  readonly onlyOpen: boolean;
  readonly here: Place | null;
}

export interface Shown {
  readonly point: Point;
  /** Great-circle kilometres from the person, where they let us know. */
  readonly km: number | null;
}

/** IUGG mean radius, as the server measures. */
const EARTH_KM = 6371.0088;

export function kmBetween(a: Place, b: Place): number {
  const rad = (degrees: number): number => (degrees * Math.PI) / 180;
  const sinLat = Math.sin(rad(b.lat - a.lat) / 2);
  const sinLon = Math.sin(rad(b.lon - a.lon) / 2);
  const hav = sinLat * sinLat + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * sinLon * sinLon;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(hav)));
}

const collator = new Intl.Collator("vi", { numeric: true });

/** The points that pass, nearest first where the person's place is known, by name otherwise. */
export function arrange(points: readonly Point[], choice: Choice): Shown[] {
  const { here, query, onlyOpen } = choice;
  const isSought = (point: Point): boolean => query.trim() === "" || matches(fold(`${point.name} ${point.id}`), query);
  const shown = points
    .filter((point) => isSought(point) && (!onlyOpen || point.state === "open"))
    .map((point) => ({ point, km: here === null ? null : kmBetween(here, point) }));
  return shown.sort((a, b) => (a.km ?? 0) - (b.km ?? 0) || collator.compare(a.point.name, b.point.name) || collator.compare(a.point.id, b.point.id));
}

/** Seconds from one instant to another, never negative; null where one is not known. */
export function secondsBetween(from: string | null, to: string): number | null {
  if (from === null) return null;
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}

/** Reads an answer; throws where it is not a list of points. */
export function readFeed(answer: unknown): Feed {
  const feed = answer as Partial<Feed> | null;
  if (typeof feed?.as_of !== "string" || !Array.isArray(feed.points)) throw new Error("not a list of waits");
  return feed as Feed;
}
