/** The address says which site is open: `#/site/00004`. Ids may hold slashes and are percent-encoded. */
export function siteOfHash(hash: string): string | null {
  const match = /^#\/site\/([^/]+)$/.exec(hash);
  if (!match?.[1]) return null;
  try {
    return decodeURIComponent(match[1]);
  } catch {
    return null;
  }
}

export const hashOfSite = (id: string | null): string => (id === null ? "#/" : `#/site/${encodeURIComponent(id)}`);
