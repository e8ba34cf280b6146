/** The words of finding from anywhere, in English. */
import type { Catalogue } from "./vi.ts";
import { several } from "./plural.ts";

export const finder: Catalogue["finder"] = {
  open: "Search",
  openHint: "Find points, agencies, dossiers, pages, alerts (key / or Ctrl K)",
  field: "Search everything",
  placeholder: "A point, an agency, a dossier's code, a page, an alert's number",
  answers: "Results",
  groups: { points: "Service points", agencies: "Agencies", dossiers: "Dossiers", pages: "Pages", alerts: "Open alerts", figures: "What figures are" },
  some: (n: string, all: string) => `${n} of ${all}, type on to narrow`,
  found: (_exact: number, n: string) => several(n, "result"),
  nothing: (text: string) => `Nothing matches “${text}”.`,
  hint: "What can be found: points (name or code), agencies, dossiers (code), pages, open alerts (a-12). Accents or not.",
  keys: "↑ ↓ choose · Enter opens · Esc closes",
  offers: {
    open: (code: string) => `Open dossier ${code}`,
    list: (code: string) => `Look for ${code} in the list of dossiers`,
  },
};
