/** The city's units and points by name, asked for once for all pages, and the agencies that dossiers may be with. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { address, get } from "./fetch.ts";
import { COMMUNE, namesOf } from "./names.ts";
import type { Names } from "./names.ts";

export interface Place {
  readonly code: string;
  readonly name: string;
}

export interface Places {
  readonly names: Names;
  /** Wards and communes. */
  readonly units: readonly Place[];
  readonly sites: readonly Place[];
}

export function placesOf(units: readonly Place[], sites: readonly Place[]): Places {
  const byCode = (all: readonly Place[]): Map<string, string> => new Map(all.map(({ code, name }) => [code, name]));
  return { names: namesOf(byCode(sites), byCode(units)), units, sites };
}

export const NO_PLACES = placesOf([], []);

interface Sites {
  readonly sites: readonly { readonly id: string; readonly name: string | null }[];
}

interface Units {
  readonly features: readonly { readonly properties: Place }[];
}

let loaded: Promise<Places> | null = null;

async function load(): Promise<Places> {
  const [units, sites] = await Promise.all([get<Units>(address("map/units")), get<Sites>(address("sites"))]);
  // Where the server was not reached, names are asked for again when the next page is opened.
  if (!units.ok || !sites.ok) loaded = null;
  return placesOf(
    units.ok ? units.value.features.map(({ properties: { code, name } }) => ({ code, name })) : [],
    sites.ok ? sites.value.sites.map(({ id, name }) => ({ code: id, name: name ?? id })) : [],
  );
}

export const loadPlaces = (): Promise<Places> => (loaded ??= load());

/** The known agencies, then each commune's own. */
export function agencyChoices(lang: Lang, { units }: Places): Place[] {
  const known = Object.entries(catalogue(lang).agencies).map(([code, name]) => ({ code, name }));
  return [...known, ...units.map(({ code, name }) => ({ code: `${COMMUNE}${code}`, name }))];
}
