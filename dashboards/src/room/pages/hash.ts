/**
 * Pages lie over the room while the address names them: `#/index?period=2026-11&by=agency`. What is chosen on a
 * page stands in the query, so that an address can be sent on, and going back goes back.
 */
export type Query = Readonly<Record<string, string>>;

const PAGE = /^#\/(?:dossier(?:\/[^/]*)?$|guide(?:\/[^/?]*)?(?:\?|$)|(?:agencies|alerts|briefing|compare|day|dossiers|index|planner|registers|scorecard|wall|watching)(?:\?|$))/;

/** An address names a page, whichever: the room is then out of sight. What names none leads to the room. */
export const isPage = (hash: string): boolean => PAGE.test(hash);

/** The query of a page's address; `null` where another page, or none, is named. */
export function queryOf(hash: string, page: string): Query | null {
  const [path, query = ""] = hash.split(/\?(.*)/s);
  if (path !== `#/${page}`) return null;
  return Object.fromEntries(new URLSearchParams(query));
}

/** An address of a page; what is empty is left out, and slashes and commas stay legible. */
export function hashOf(page: string, query: Query): string {
  const parts = Object.entries(query).filter(([, value]) => value !== "");
  const text = parts.map(([key, value]) => `${key}=${encodeURIComponent(value).replace(/%2F/g, "/").replace(/%2C/g, ",")}`);
  return text.length === 0 ? `#/${page}` : `#/${page}?${text.join("&")}`;
}

/** Moves to an address; `quietly` without a step to go back to, as for each letter of a filter. */
export function goTo(hash: string, quietly = false): void {
  if (hash === location.hash) return;
  if (!quietly) {
    location.hash = hash;
    return;
  }
  history.replaceState(null, "", hash);
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}
