/** What is said of a figure, as pairs of a heading and words: the dialog and the guide's page say the same. Pure. */
import { catalogue } from "../i18n/index.ts";
import type { Lang } from "../i18n/index.ts";
import { LANGUAGES } from "../i18n/format.ts";
import { hashOf } from "../room/pages/hash.ts";
import { fold } from "../ui/search.ts";
import { FIGURES, IDS } from "./table.ts";
import type { Family, FigureId } from "./table.ts";

export const PAGE = "guide";

export const hashOfFigure = (id: FigureId): string => `#/${PAGE}/${id}`;
export const HASH_OF_TOUR = `#/${PAGE}/tour`;
export const hashOfFind = (find: string): string => hashOf(PAGE, { find });

export interface Line {
  readonly key: "what" | "source" | "sample" | "target" | "basis" | "api";
  readonly head: string;
  readonly text: string;
}

export function linesOf(lang: Lang, id: FigureId): readonly Line[] {
  const { figures, bases, parts, noTarget } = catalogue(lang).guide;
  const { what, source, sample } = figures[id];
  const { basis, api, method = "GET" } = FIGURES[id];
  const line = (key: Line["key"], text: string): Line => ({ key, head: parts[key], text });
  const aim = basis === undefined ? [line("target", noTarget)] : [line("target", bases[basis].target), line("basis", bases[basis].source)];
  return [line("what", what), line("source", source), line("sample", sample), ...aim, line("api", api.startsWith("/ws") ? api : `${method} /api/v1${api}`)];
}

const TEXTS = new Map(IDS.map((id) => [id, LANGUAGES.map((lang) => {
  const { name, what } = catalogue(lang).guide.figures[id];
  return fold(`${name} ${what} ${id.replace(/_/g, " ")}`);
}).join(" ")]));

/** Figures found by every word of a text, in either language and without marks, by family in the order of the table. */
export function foundBy(find: string): readonly FigureId[] {
  const words = fold(find).split(" ").filter((word) => word !== "");
  return IDS.filter((id) => words.every((word) => ` ${TEXTS.get(id) ?? ""}`.includes(` ${word}`)));
}

export function byFamily(ids: readonly FigureId[]): readonly (readonly [Family, readonly FigureId[]])[] {
  const families = [...new Set(ids.map((id) => FIGURES[id].family))];
  return families.map((family) => [family, ids.filter((id) => FIGURES[id].family === family)]);
}
