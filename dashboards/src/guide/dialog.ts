/** The explanation of a figure over the page: one dialog for all, which closes by Esc and gives the focus back. */
import { catalogue, followLang, storedLang } from "../i18n/index.ts";
import { h } from "../ui/dom.ts";
import { EXPLAINS, explainsOf } from "./button.ts";
import { figureNodes } from "./figure.ts";
import { hashOfFigure } from "./said.ts";
import type { FigureId } from "./table.ts";

const TITLE = "explain-title";

export function openExplanations(over: HTMLElement): void {
  let open: FigureId | null = null;
  const node = h("dialog", {
    class: "explain-dialog", attrs: { "aria-labelledby": TITLE, "data-testid": "explain" },
    on: {
      // What lies under it has keys of its own, and Escape leads out of pages.
      keydown: (event) => { event.stopPropagation(); },
      click: (event) => {
        const { target } = event;
        if (target === node || (target instanceof Element && target.closest("a") !== null)) node.close();
      },
      close: () => { giveBack(); },
    },
  });
  over.append(node);

  // What opened it may have been drawn anew meanwhile: the one in sight of the same figure takes the focus then.
  const giveBack = (): void => {
    const held = document.activeElement;
    if (open === null || (held !== null && held !== document.body && !node.contains(held))) return;
    const again = [...document.querySelectorAll<HTMLElement>(EXPLAINS)].find((one) => explainsOf(one) === open && one.checkVisibility());
    again?.focus();
  };

  const draw = (): void => {
    if (open === null) return;
    const lang = storedLang();
    const { guide: t } = catalogue(lang);
    const close = h("button", { class: "plain", text: `${t.close} (Esc)`, attrs: { type: "button", "data-testid": "explain-close" }, on: { click: () => { node.close(); } } });
    node.replaceChildren(
      h("h2", { text: t.figures[open].name, attrs: { id: TITLE } }),
      ...figureNodes(lang, open),
      h("p", { class: "explain-foot" }, h("a", { class: "page-back", text: t.whole, attrs: { href: hashOfFigure(open), "data-testid": "explain-whole" } }), close));
  };

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest(EXPLAINS) : null;
    const id = button === null ? null : explainsOf(button);
    if (id === null) return;
    event.preventDefault();
    open = id;
    draw();
    node.showModal();
    node.querySelector<HTMLElement>("[data-testid=explain-close]")?.focus();
    node.scrollTop = 0;
  });
  window.addEventListener("hashchange", () => { if (node.open) node.close(); });
  followLang(() => { if (node.open) draw(); });
}
