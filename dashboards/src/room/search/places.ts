/** Every room and page, and the parts of a page that have a title of their own, as far as they are open to whoever is in: found in either language. Pure. */
import { catalogue } from "../../i18n/index.ts";
import type { Catalogue, Lang } from "../../i18n/index.ts";
import { LANGUAGES } from "../../i18n/format.ts";
import { fold } from "../../ui/search.ts";
import { PAGE as AGENCIES } from "../agencies/state.ts";
import { PAGE as BRIEFING } from "../briefing/state.ts";
import { PAGE as COMPARE } from "../compare/state.ts";
import { PAGE as DAY } from "../day/state.ts";
import { PAGE as DESK, SHOWN as OF_DESK } from "../desk/state.ts";
import { PAGE as DOSSIERS } from "../dossiers/state.ts";
import { HASH_OF_TOUR, PAGE as GUIDE, hashOfFigure } from "../../guide/said.ts";
import { IDS } from "../../guide/table.ts";
import { PAGE as INDEX } from "../index/state.ts";
import { hashOf } from "../pages/hash.ts";
import { PAGE as PLANNER } from "../planner/state.ts";
import { PAGE as REGISTERS, SHOWN as OF_REGISTERS } from "../registers/state.ts";
import { PAGE as SCORECARD, SHOWN as OF_SCORECARD } from "../scorecard/state.ts";
import { PAGE as WALL } from "../wall/state.ts";
import { PAGE as WATCHING, SHOWN as OF_WATCHING } from "../watching/state.ts";
import { EVERYTHING } from "../../signin/access.ts";
import type { Access } from "../../signin/access.ts";
import { mayGo } from "../../signin/pages.ts";
import type { Entry } from "./find.ts";

interface Words {
  readonly title: string;
  /** Its name in the room's head, or the page that it is a part of. */
  readonly note: string;
}

interface Place {
  readonly hash: string;
  readonly words: (t: Catalogue) => Words;
}

const of = (hash: string, words: Place["words"]): Place => ({ hash, words });

/** Parts of a page by what its address shows; the first is the page itself. */
const parts = <S extends string>(page: string, [, ...shown]: readonly S[], words: (t: Catalogue, show: S) => Words): Place[] =>
  shown.map((show) => of(hashOf(page, { show }), (t) => words(t, show)));

/** In the order of the room's head. */
const PAGES: readonly Place[] = [
  of("#/", (t) => ({ title: t.room, note: t.map })),
  of(hashOf(WALL, {}), ({ wall: t }) => ({ title: t.title, note: t.link })),
  of(hashOf(DESK, {}), ({ desk }) => ({ title: desk.title, note: desk.link })),
  of("#/dossier", (t) => ({ title: t.dossierPage, note: t.findDossier })),
  of(hashOf(DOSSIERS, {}), ({ dossierList: t }) => ({ title: t.title, note: t.link })),
  of(hashOf(AGENCIES, {}), ({ agencyPage: t }) => ({ title: t.title, note: t.link })),
  of(hashOf(INDEX, {}), ({ index766: t }) => ({ title: t.title, note: t.link })),
  of(hashOf(SCORECARD, {}), ({ scorecard: t }) => ({ title: t.title, note: t.link })),
  of(hashOf(REGISTERS, {}), ({ registers: t }) => ({ title: t.title, note: t.link })),
  of(hashOf(WATCHING, {}), ({ watching: t }) => ({ title: t.title, note: t.link })),
  of(hashOf(PLANNER, {}), ({ planner: t }) => ({ title: t.title, note: t.link })),
  of(hashOf(BRIEFING, {}), ({ briefing: t }) => ({ title: t.title, note: t.link })),
  of(hashOf(DAY, {}), ({ day: t }) => ({ title: t.title, note: t.link })),
  of(hashOf(COMPARE, {}), ({ compare: t }) => ({ title: t.title, note: t.link })),
  of(hashOf(GUIDE, {}), ({ guide: t }) => ({ title: t.title, note: t.link })),
];

const PARTS: readonly Place[] = [
  ...parts(DESK, OF_DESK, ({ desk }, show) => ({ title: desk.shown[show], note: desk.title })),
  ...parts(SCORECARD, OF_SCORECARD, ({ scorecard: t }, show) => ({ title: t.shown[show], note: t.title })),
  ...parts(REGISTERS, OF_REGISTERS, ({ registers: t }, show) => ({ title: t.shown[show], note: t.title })),
  ...parts(WATCHING, OF_WATCHING, ({ watching: t }, show) => ({ title: t.shown[show], note: t.title })),
  of(HASH_OF_TOUR, ({ guide: t }) => ({ title: t.tour.title, note: t.link })),
];

/** Figures by their names: each is explained on the guide's page. */
const EXPLAINED: readonly Place[] = IDS.map((id) => of(hashOfFigure(id), ({ guide: t }) => ({ title: t.figures[id].name, note: t.link })));

function entryOf(lang: Lang, { hash, words }: Place): Entry {
  const all = LANGUAGES.map((one) => words(catalogue(one)));
  return { ...words(catalogue(lang)), hash, texts: all.flatMap(({ title, note }) => [fold(title), fold(`${title} ${note}`)]) };
}

const entriesOf = (lang: Lang, mine: Access, places: readonly Place[]): Entry[] => places.filter(({ hash }) => mayGo(mine, hash)).map((one) => entryOf(lang, one));

/** Where one may go before anything is typed. */
export const pageEntries = (lang: Lang, mine: Access = EVERYTHING): Entry[] => entriesOf(lang, mine, PAGES);

export const allPageEntries = (lang: Lang, mine: Access = EVERYTHING): Entry[] => entriesOf(lang, mine, [...PAGES, ...PARTS]);

export const figureEntries = (lang: Lang, mine: Access = EVERYTHING): Entry[] => entriesOf(lang, mine, EXPLAINED);
