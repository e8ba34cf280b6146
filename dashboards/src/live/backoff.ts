const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/**
 * How long to wait before the next try: doubling, capped, and spread over the upper half so that many rooms
 * that lost the same server do not come back in the same instant.
 */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.round(full * (0.5 + random() / 2));
}
