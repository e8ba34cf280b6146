/** What the page knows and what each is found by. Pure. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { LANGUAGES } from "../../i18n/format.ts";
import type { Case, PlacedEntry, SiteSummary } from "../../live/views.ts";
import { PRIORITIES } from "../../live/views.ts";
import { fold } from "../../ui/search.ts";
import { EMPTY as AGENCY, hashOfView as hashOfAgencies } from "../agencies/state.ts";
import { hashOfCase } from "../desk/state.ts";
import { subjectOf, titleOf } from "../desk/words.ts";
import type { Rule } from "../desk/view.ts";
import { hashOfDossier } from "../dossier/route.ts";
import { agencyChoices } from "../pages/places.ts";
import type { Places } from "../pages/places.ts";
import { shortName } from "../supervision/names.ts";
import { hashOfSite } from "../supervision/route.ts";
import { isBounded } from "../../signin/access.ts";
import type { Access } from "../../signin/access.ts";
import { mayOpen } from "../../signin/pages.ts";
import type { Entry, Known } from "./find.ts";
import { allPageEntries, figureEntries } from "./places.ts";

/** What is known when the box is opened; what the server has not told yet is empty. */
export interface Data {
  readonly places: Places;
  readonly sites: readonly SiteSummary[];
  readonly cases: readonly Case[];
  readonly feed: readonly PlacedEntry[];
  readonly rules: ReadonlyMap<string, Rule>;
  /** What is open to whoever is in. */
  readonly mine: Access;
}

const joined = (...words: readonly string[]): string => words.filter((word) => word !== "").join(" · ");

/** Points of the register, and those that are only heard of. */
function pointEntries(lang: Lang, { places, sites, mine }: Data): Entry[] {
  if (!mayOpen(mine, "room")) return [];
  const t = catalogue(lang);
  const live = new Map(sites.map((site) => [site.id, site]));
  const names = new Map(sites.map(({ id, name }) => [id, name ?? id]));
  // Who is for a part of the city is told of its own points; the register has all.
  for (const { code, name } of places.sites) if (!isBounded(mine) || names.has(code)) names.set(code, name);
  const byName = new Intl.Collator("vi", { numeric: true });
  return [...names].map(([id, name]): Entry => {
    const site = live.get(id);
    const title = shortName({ id, name });
    const code = site?.unit ?? null;
    const unit = code === null ? "" : places.names.unit(code);
    return {
      title,
      note: joined(title.includes(unit) ? "" : unit, site === undefined ? "" : t.states[site.state], id),
      hash: hashOfSite(id),
      texts: [title, name, `${title} ${unit}`, id].map(fold),
    };
  }).sort((a, b) => byName.compare(a.title, b.title));
}

function agencyEntries(lang: Lang, { places, mine }: Data): Entry[] {
  if (!mayOpen(mine, "agencies")) return [];
  const own = mine.scope.agencies ?? null;
  const names = LANGUAGES.map((one) => new Map(agencyChoices(one, places).map(({ code, name }) => [code, name])));
  return agencyChoices(lang, places).filter(({ code }) => own === null || own.includes(code)).map(({ code, name }) => ({
    title: name, note: code, hash: hashOfAgencies({ ...AGENCY, key: code }),
    texts: [...names.map((all) => fold(all.get(code) ?? "")), fold(code)],
  }));
}

/** Dossiers that the feed has named, the newest first. */
function dossierEntries(lang: Lang, { feed }: Data): Entry[] {
  const t = catalogue(lang);
  const events = new Map<string, string>();
  for (const { type, detail } of feed) if (detail.dossier !== undefined && !events.has(detail.dossier)) events.set(detail.dossier, type);
  return [...events].map(([code, type]) => {
    const step = type.startsWith("dossier.") ? wordFor(t.steps, type.slice("dossier.".length)) : "";
    return { title: code, note: step, hash: hashOfDossier(code), texts: [fold(code)] };
  });
}

/** Cases that are open, the most pressing first. */
function alertEntries(lang: Lang, { cases, places, rules }: Data): Entry[] {
  const told = { lang, places, rules };
  const natural = new Intl.Collator("en", { numeric: true });
  return cases.filter(({ state }) => state !== "closed")
    .sort((a, b) => PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority) || natural.compare(b.id, a.id))
    .map((one) => {
      const [title, subject] = [titleOf(told, one), subjectOf(told, one)];
      return { title: `${one.id} · ${title}`, note: subject, hash: hashOfCase(one.id), texts: [one.id, title, subject].map(fold) };
    });
}

export const knownOf = (lang: Lang, data: Data): Known => ({
  points: pointEntries(lang, data),
  agencies: agencyEntries(lang, data),
  dossiers: dossierEntries(lang, data),
  pages: allPageEntries(lang, data.mine),
  alerts: alertEntries(lang, data),
  figures: figureEntries(lang, data.mine),
});
