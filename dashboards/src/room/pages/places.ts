/** The city's units and points by name, asked for once for all pages that need the list and not only names. */
import { namesOf } from "../index/names.ts";
import type { Names } from "../index/names.ts";
import { shortName } from "../supervision/names.ts";
import { address, get } from "./fetch.ts";

export interface Place {
  readonly code: string;
  readonly name: string;
}

export interface Places {
  readonly names: Names;
  /** Wards and communes. */
  readonly units: readonly Place[];
  readonly sites: readonly Place[];
  unit(code: string): string;
  /** A point's name without what all such names begin with. */
  short(code: string): string;
}

export function placesOf(units: readonly Place[], sites: readonly Place[]): Places {
  const byCode = (all: readonly Place[]): Map<string, string> => new Map(all.map(({ code, name }) => [code, name]));
  const ofUnits = byCode(units);
  const names = namesOf(byCode(sites), ofUnits);
  return { names, units, sites, unit: (code) => ofUnits.get(code) ?? code, short: (code) => shortName({ id: code, name: names.site(code) }) };
}

export const NO_PLACES = placesOf([], []);

interface Sites {
  readonly sites: readonly { readonly id: string; readonly name: string | null }[];
}

interface Units {
  readonly features: readonly { readonly properties: Place }[];
}

async function load(): Promise<Places> {
  const [units, sites] = await Promise.all([get<Units>(address("map/units")), get<Sites>(address("sites"))]);
  return placesOf(
    units.ok ? units.value.features.map(({ properties: { code, name } }) => ({ code, name })) : [],
    sites.ok ? sites.value.sites.map(({ id, name }) => ({ code: id, name: name ?? id })) : [],
  );
}

let loaded: Promise<Places> | null = null;

export const loadPlaces = (): Promise<Places> => (loaded ??= load());
