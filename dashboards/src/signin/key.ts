/**
 * The key of a screen that nobody sits at (`vonglau key create --role display`): a browser cannot send one by itself, so the page
 * keeps it on this machine and sends it with each question. It comes in the address once, `#/wall?key=vgl_…` — what follows `#` is
 * sent to no server and stands in no log — and is taken out of the address at once; or it is typed at the sign-in.
 */
import { hashOf, queryOf } from "../room/pages/hash.ts";

const STORED_AS = "vonglau.key";
const FORM = /^vgl_[0-9a-f]{16}_[0-9a-f]{64}$/;

/** The key that an address brings, and the address without it; `null` where there is none. Pure. */
export function keyIn(hash: string): { readonly key: string; readonly rest: string } | null {
  const { key = "", ...rest } = queryOf(hash, "wall") ?? {};
  return FORM.test(key) ? { key, rest: hashOf("wall", rest) } : null;
}

/** What was typed, where it can be a key. Pure. */
export const typedKey = (text: string): string | null => (FORM.test(text.trim()) ? text.trim() : null);

// Where a browser forbids storage the key holds until the page is closed.
let held: string | null = null;

export function storedKey(): string | null {
  try {
    held ??= localStorage.getItem(STORED_AS);
  } catch {
    // As it is held.
  }
  return held;
}

export function keepKey(key: string): void {
  held = key;
  try {
    localStorage.setItem(STORED_AS, key);
  } catch {
    // Held alone.
  }
}

export function forgetKey(): void {
  held = null;
  try {
    localStorage.removeItem(STORED_AS);
  } catch {
    // There was none.
  }
}

/** Takes the key out of the address, so that nobody reads it there. */
export function takeKey(): void {
  const found = keyIn(location.hash);
  if (found === null) return;
  keepKey(found.key);
  history.replaceState(null, "", found.rest);
}

/** What goes with each question of a screen with a key. */
export const keyHeaders = (): Readonly<Record<string, string>> => {
  const key = storedKey();
  return key === null ? {} : { authorization: `Bearer ${key}` };
};
