/** Names of points, units and agencies; a code stands until its name is known, or for good. Pure. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { shortName } from "../supervision/names.ts";

export interface Names {
  site(code: string): string;
  /** A point's name without what all such names begin with. */
  short(code: string): string;
  /** Wards and communes. */
  unit(code: string): string;
  agency(lang: Lang, code: string): string;
}

/** A commune's own agency has the commune's code after this. */
export const COMMUNE = "commune/";

export function namesOf(sites: ReadonlyMap<string, string>, units: ReadonlyMap<string, string>): Names {
  const site = (code: string): string => sites.get(code) ?? code;
  const unit = (code: string): string => units.get(code) ?? code;
  const agency = (lang: Lang, code: string): string => {
    const commune = code.startsWith(COMMUNE) ? units.get(code.slice(COMMUNE.length)) : undefined;
    return commune ?? wordFor(catalogue(lang).agencies, code);
  };
  return { site, unit, agency, short: (code) => shortName({ id: code, name: site(code) }) };
}
