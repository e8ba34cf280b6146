/** Points and agencies that can be chosen, with their names; asked for once. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { namesOf } from "../index/names.ts";
import type { Names } from "../index/names.ts";
import { shortName } from "../supervision/names.ts";
import { address, get } from "./fetch.ts";

export interface Choice {
  readonly code: string;
  readonly name: string;
}

export interface Places {
  readonly names: Names;
  readonly sites: readonly Choice[];
  readonly units: readonly Choice[];
}

export const NO_PLACES: Places = { names: namesOf(new Map(), new Map()), sites: [], units: [] };

interface Sites {
  readonly sites: readonly { readonly id: string; readonly name: string | null }[];
}

interface Units {
  readonly features: readonly { readonly properties: Choice }[];
}

export function placesOf(sites: readonly Choice[], units: readonly Choice[]): Places {
  const map = (choices: readonly Choice[]): Map<string, string> => new Map(choices.map(({ code, name }) => [code, name]));
  return { names: namesOf(map(sites), map(units)), sites, units };
}

export async function loadPlaces(): Promise<Places> {
  const [sites, units] = await Promise.all([get<Sites>(address("sites")), get<Units>(address("map/units"))]);
  return placesOf(
    sites.ok ? sites.value.sites.map(({ id, name }) => ({ code: id, name: name ?? id })) : [],
    units.ok ? units.value.features.map(({ properties: { code, name } }) => ({ code, name })) : []);
}

/** A point's name without what all of them begin with. */
export const siteName = (names: Names, code: string): string => shortName({ id: code, name: names.site(code) });

/** Agencies that dossiers may be with: the known ones, then each commune's own. */
export function agencyChoices(lang: Lang, { units }: Places): Choice[] {
  const known = Object.entries(catalogue(lang).agencies).map(([code, name]) => ({ code, name }));
  return [...known, ...units.map(({ code, name }) => ({ code: `commune/${code}`, name }))];
}
