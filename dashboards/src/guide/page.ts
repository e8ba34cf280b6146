/** The guide's page: every figure found and explained, the way into the tour, and the handbooks. */
import { catalogue, storedLang } from "../i18n/index.ts";
import { count } from "../i18n/format.ts";
import { goTo } from "../room/pages/hash.ts";
import { pageHead } from "../room/pages/head.ts";
import { openPage } from "../room/pages/page.ts";
import { access } from "../signin/access.ts";
import { h, setAttr, setText, show } from "../ui/dom.ts";
import { figureNodes } from "./figure.ts";
import { HASH_OF_TOUR, PAGE, byFamily, foundBy, hashOfFigure, hashOfFind } from "./said.ts";
import { TOUR, readHash, viewOf } from "./state.ts";
import type { View } from "./state.ts";
import { hrefOf, stepsFor } from "./steps.ts";
import { goToStep } from "./tour.ts";
import { idOf } from "./table.ts";

const BOOKS = ["user", "operator"] as const;

/** `simulated` as in `openTour`. */
export function openGuide(root: HTMLElement, room: HTMLElement, simulated: Promise<boolean | null>): void {
  let view: View = { open: "", find: "" };
  let isSimulated: boolean | null = null;

  const head = pageHead();
  const lead = h("p", { class: "guide-lead" });
  const books = h("nav", { class: "guide-books" });
  const find = h("input", { class: "part-find", attrs: { type: "search", autocomplete: "off", spellcheck: "false", "data-testid": "guide-find" }, on: { input: () => { goTo(hashOfFind(find.value), true); } } });
  const found = h("span", { class: "quiet", attrs: { role: "status", "data-testid": "guide-found" } });
  const tools = h("div", { class: "tools" }, find, found);
  const body = h("div", { class: "guide-body" });

  const drawTour = (): HTMLElement[] => {
    const { guide: { tour: t } } = catalogue(storedLang());
    const steps = stepsFor(access());
    const link = (step: (typeof steps)[number], text: string, of: string): HTMLElement => h("a", {
      class: of, text, attrs: { href: hrefOf(location.search, step), "data-testid": `tour-to-${step.name}` },
      on: { click: (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        goToStep(step);
      } },
    });
    const first = steps[0];
    return [
      h("h2", { text: t.title }), h("p", { text: t.lead }), h("p", { class: "quiet", text: t.keys }),
      ...(isSimulated === null ? [] : [h("p", { class: "tour-data", text: isSimulated ? t.simulated : t.real })]),
      ...(first === undefined ? [] : [h("p", {}, link(first, t.start, "plain guide-start"))]),
      h("ol", { class: "guide-steps" }, ...steps.map((step) => h("li", {}, link(step, t.steps[step.name].title, ""), h("span", { class: "quiet", text: t.steps[step.name].look })))),
    ];
  };

  const drawList = (): HTMLElement[] => {
    const lang = storedLang();
    const { guide: t } = catalogue(lang);
    const ids = foundBy(view.find);
    const isWhole = view.find.trim() === "";
    setText(found, t.found(count(lang, ids.length), count(lang, foundBy("").length)));
    if (ids.length === 0) return [h("p", { class: "quiet", text: t.none })];
    return byFamily(ids).map(([family, some]) => h("section", { class: "page-part" },
      h("h2", { text: t.families[family] }),
      h("ul", { class: "guide-list" }, ...some.map((id) => h("li", {},
        h("a", { text: t.figures[id].name, attrs: { href: hashOfFigure(id), "data-testid": "guide-figure", "data-figure": id } }),
        h("span", { class: isWhole ? "guide-what quiet" : "quiet", text: t.figures[id].what }))))));
  };

  const drawOne = (): HTMLElement[] => {
    const lang = storedLang();
    const { guide: t } = catalogue(lang);
    const id = idOf(view.open);
    const all = h("p", {}, h("a", { class: "page-back", text: `← ${t.all}`, attrs: { href: `#/${PAGE}` } }));
    if (id === null) return [all, h("p", { text: t.unknown(view.open) })];
    return [all, h("h2", { text: t.figures[id].name, attrs: { "data-testid": "guide-name" } }), ...figureNodes(lang, id)];
  };

  const draw = (): void => {
    const lang = storedLang();
    const { app, guide: t } = catalogue(lang);
    const isList = view.open === "";
    head.update({ lang, title: view.open === TOUR ? t.tour.title : t.title, asOf: null, simulated: isSimulated === true, source: null, isAsking: false });
    document.title = `${app} · ${t.title}`;
    setText(lead, t.lead);
    show(lead, isList);
    show(books, isList);
    show(tools, isList);
    setAttr(books, "aria-label", t.handbooks);
    const titles = { user: t.userBook, operator: t.operatorBook };
    books.replaceChildren(
      h("a", { class: "plain", text: t.tour.title, attrs: { href: HASH_OF_TOUR, "data-testid": "to-tour" } }),
      ...BOOKS.map((book) => h("a", { class: "plain", text: titles[book], attrs: { href: `/handbook/${book}.${lang}.html`, target: "_blank", "data-testid": `book-${book}` } })));
    setAttr(find, "aria-label", t.find);
    setAttr(find, "placeholder", `${t.find} (${catalogue(lang).pages.findKey})`);
    if (document.activeElement !== find) find.value = view.find;
    body.replaceChildren(...(isList ? drawList() : view.open === TOUR ? drawTour() : drawOne()));
  };

  void simulated.then((told) => {
    isSimulated = told;
    if (!body.checkVisibility()) return;
    draw();
  });
  openPage(PAGE, root, room, {
    nodes: [head.node, lead, books, tools, body],
    title: head.title,
    read: readHash,
    find: () => (view.open === "" ? find : null),
    follow: (query) => {
      view = viewOf(query);
      draw();
    },
    up: () => (view.open === "" ? "#/" : `#/${PAGE}`),
    leave: () => undefined,
    redraw: draw,
    again: () => undefined,
  });
}
