/** The address says which dossier is open: `#/dossier/000.00.25.H26-261123-0001`; `#/dossier` asks for a code. */
export function dossierOfHash(hash: string): string | null {
  const match = /^#\/dossier(?:\/([^/]*))?$/.exec(hash);
  if (!match) return null;
  try {
    return decodeURIComponent(match[1] ?? "");
  } catch {
    return "";
  }
}

export const hashOfDossier = (code: string): string => `#/dossier/${encodeURIComponent(code)}`;
