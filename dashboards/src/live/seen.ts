/** When this machine last had live figures, so that a page that opens while the server is away can say how long ago that was. */
const STORED_AS = "vonglau.live";
/** Written at most this often, in ms. */
const EVERY_MS = 10_000;

let told = -Infinity;

export function keepSeen(now: number): void {
  if (now - told < EVERY_MS) return;
  told = now;
  try {
    localStorage.setItem(STORED_AS, String(now));
  } catch {
    // Then it is not known later.
  }
}

/** In ms; `null` where it is not known, or lies ahead. */
export function lastSeen(now: number): number | null {
  try {
    const at = Number(localStorage.getItem(STORED_AS) ?? Number.NaN);
    return Number.isFinite(at) && at <= now ? at : null;
  } catch {
    return null;
  }
}
