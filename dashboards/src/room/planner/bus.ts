/** By bus and on foot: when one leaves, and what the answer is worth. Pure. */
import type { Query } from "../pages/hash.ts";
import type { Bus, BusQuestion, UnitByBus } from "./view.ts";

export const USUAL_BUS: BusQuestion = { weekday: 2, from: "10:00", until: "11:00", minutes: 30 };
const LONGEST = 180;

/** A time of the day as it is typed, "7:30", "7h30" or "7.30", as "07:30"; `null` is none. */
export function timeIn(text: string): string | null {
  const [, hour = "", minute = ""] = /^\s*(\d{1,2})[:.hg](\d{2})\s*$/i.exec(text) ?? [];
  const at = `${hour.padStart(2, "0")}:${minute}`;
  return hour !== "" && Number(minute) < 60 && at <= "24:00" ? at : null;
}

export const isBusMinutes = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= LONGEST;

export function busOf(query: Query): BusQuestion {
  const [weekday, minutes] = [Number(query["busday"]), Number(query["busmin"])];
  const [from, until] = [timeIn(query["busfrom"] ?? "") ?? USUAL_BUS.from, timeIn(query["busuntil"] ?? "") ?? USUAL_BUS.until];
  return {
    weekday: Number.isInteger(weekday) && weekday >= 1 && weekday <= 7 ? weekday : USUAL_BUS.weekday,
    // A window that ends before it begins is none.
    ...(from < until ? { from, until } : { from: USUAL_BUS.from, until: USUAL_BUS.until }),
    minutes: isBusMinutes(minutes) ? minutes : USUAL_BUS.minutes,
  };
}

/** What differs from the usual window, for the address; its two ends are told together. */
export function queryOfBus({ weekday, from, until, minutes }: BusQuestion): Query {
  const isUsual = from === USUAL_BUS.from && until === USUAL_BUS.until;
  return {
    busday: weekday === USUAL_BUS.weekday ? "" : String(weekday),
    busfrom: isUsual ? "" : from,
    busuntil: isUsual ? "" : until,
    busmin: minutes === USUAL_BUS.minutes ? "" : String(minutes),
  };
}

/** Whether the window has buses throughout, for a part of it, or none. */
export function reachOf({ question: { from, until }, timetable: { runs, window_is_beyond: isBeyond } }: Bus): "within" | "partly" | "beyond" {
  if (!isBeyond) return "within";
  return runs === null || until <= runs.from || from >= runs.until ? "beyond" : "partly";
}

export const shareOf = ({ population, under }: UnitByBus): number => under.p50 / population;

/** Where the smallest shares arrive at half of the departures; a unit without people has no share. */
export const lowest = (units: readonly UnitByBus[], most: number): UnitByBus[] =>
  units.filter(({ population }) => population > 0).sort((a, b) => shareOf(a) - shareOf(b) || b.population - a.population).slice(0, most);
