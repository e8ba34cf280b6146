/** Names of points, units and agencies, asked for once; a code stands until its name is known, or for good. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { address, get } from "../pages/fetch.ts";
import type { By } from "./state.ts";

export interface Names {
  site(code: string): string;
  agency(lang: Lang, code: string): string;
  part(lang: Lang, by: By, key: string): string;
}

/** A commune's own agency has the commune's code after this. */
const COMMUNE = "commune/";

export function namesOf(sites: ReadonlyMap<string, string>, units: ReadonlyMap<string, string>): Names {
  const site = (code: string): string => sites.get(code) ?? code;
  const unit = (code: string): string => units.get(code) ?? code;
  const agency = (lang: Lang, code: string): string => {
    const commune = code.startsWith(COMMUNE) ? units.get(code.slice(COMMUNE.length)) : undefined;
    return commune ?? wordFor(catalogue(lang).agencies, code);
  };
  const part = (lang: Lang, by: By, key: string): string =>
    ({ city: () => catalogue(lang).index766.by.city, agency: () => agency(lang, key), unit: () => unit(key), site: () => site(key) })[by]();
  return { site, agency, part };
}

export const NO_NAMES = namesOf(new Map(), new Map());

interface Sites {
  readonly sites: readonly { readonly id: string; readonly name: string | null }[];
}

interface Units {
  readonly features: readonly { readonly properties: { readonly code: string; readonly name: string } }[];
}

export async function loadNames(): Promise<Names> {
  const [sites, units] = await Promise.all([get<Sites>(address("sites")), get<Units>(address("map/units"))]);
  const named = sites.ok ? sites.value.sites.map(({ id, name }) => [id, name ?? id] as const) : [];
  const places = units.ok ? units.value.features.map(({ properties }) => [properties.code, properties.name] as const) : [];
  return namesOf(new Map(named), new Map(places));
}
