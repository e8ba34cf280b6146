/** Quarters of an hour of the week, Monday 00:00 first. Pure. */
export const SLOTS = 672;
export const DAY_SLOTS = 96;
/** Monday 10:00: a point is open then if it ever is. */
export const MORNING = 40;

/** A step goes round at the week's ends. */
export const turned = (slot: number, by: number): number => (((slot + by) % SLOTS) + SLOTS) % SLOTS;

export const slotOf = (text: string | undefined): number => {
  const slot = Number(text);
  return text !== undefined && text !== "" && Number.isInteger(slot) && slot >= 0 && slot < SLOTS ? slot : MORNING;
};

export interface Slot {
  /** 0 is Monday. */
  readonly day: number;
  readonly time: string;
}

export function timeOf(slot: number): Slot {
  const quarter = slot % DAY_SLOTS;
  const two = (n: number): string => String(n).padStart(2, "0");
  return { day: Math.floor(slot / DAY_SLOTS), time: `${two(Math.floor(quarter / 4))}:${two((quarter % 4) * 15)}` };
}

/** The instant of a slot of the week that begins on a Monday, `2026-11-23`. */
export function instantOf(monday: string, slot: number): string {
  const { day, time } = timeOf(slot);
  const date = new Date(Date.parse(`${monday}T00:00:00Z`) + day * 86_400_000);
  return `${date.toISOString().slice(0, 10)}T${time}:00+07:00`;
}

/** What a key does to the slider; `null` is no key of its. */
export function slotAfter(slot: number, key: string): number | null {
  const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: DAY_SLOTS, PageDown: -DAY_SLOTS };
  const step = steps[key];
  if (step !== undefined) return turned(slot, step);
  return { Home: slot - (slot % DAY_SLOTS), End: slot - (slot % DAY_SLOTS) + DAY_SLOTS - 1 }[key] ?? null;
}

/** The chart's line, as the path of a step function in a box. */
export function weekPath(slots: readonly number[], most: number, width: number, height: number): string {
  if (slots.length === 0 || most <= 0) return "";
  const x = (i: number): string => ((i / slots.length) * width).toFixed(1);
  const y = (value: number): string => (height - (value / most) * height).toFixed(1);
  const parts: string[] = [`M0 ${height}`];
  for (const [i, value] of slots.entries()) {
    if (i > 0 && value === slots[i - 1]) continue;
    parts.push(`H${x(i)}V${y(value)}`);
  }
  return `${parts.join("")}H${width}V${height}Z`;
}
