/** A figure's explanation as nodes: what it is in a list of terms, and the pages that show it, as far as they are open to whoever is in. */
import { catalogue } from "../i18n/index.ts";
import type { Lang } from "../i18n/index.ts";
import { allPageEntries } from "../room/search/places.ts";
import { access } from "../signin/access.ts";
import { h } from "../ui/dom.ts";
import { linesOf } from "./said.ts";
import { FIGURES } from "./table.ts";
import type { FigureId } from "./table.ts";

export function figureNodes(lang: Lang, id: FigureId): HTMLElement[] {
  const { parts, basisNote } = catalogue(lang).guide;
  const lines = linesOf(lang, id);
  const entries = allPageEntries(lang, access());
  const pages = FIGURES[id].shown.flatMap((hash) => entries.find((one) => one.hash === hash) ?? []);
  const links = pages.flatMap(({ title, hash }, i) => [...(i === 0 ? [] : [document.createTextNode(", ")]), h("a", { text: title, attrs: { href: hash } })]);
  const terms = lines.filter(({ key }) => key !== "api").flatMap(({ key, head, text }) => [h("dt", { text: head }), h("dd", { text, attrs: { "data-part": key } })]);
  const api = lines.find(({ key }) => key === "api");
  return [
    h("dl", { class: "explain-terms" },
      ...terms,
      ...(links.length === 0 ? [] : [h("dt", { text: parts.shown }), h("dd", { attrs: { "data-part": "shown" } }, ...links)]),
      ...(api === undefined ? [] : [h("dt", { text: api.head }), h("dd", { attrs: { "data-part": "api" } }, h("code", { text: api.text }))])),
    ...(FIGURES[id].basis === undefined ? [] : [h("p", { class: "quiet explain-note", text: basisNote })]),
  ];
}
