/**
 * What opens the explanation of a figure where it stands: a small "?" beside a title, or the figure's own name as a button. A press on
 * either is heard in one place (`dialog.ts`), so that a part has nothing to do but to put it there.
 */
import { catalogue, followLang, storedLang } from "../i18n/index.ts";
import { h, setAttr, setText } from "../ui/dom.ts";
import { idOf } from "./table.ts";
import type { FigureId } from "./table.ts";

const ATTRIBUTE = "data-explains";

function name(node: HTMLElement): void {
  const id = idOf(node.getAttribute(ATTRIBUTE) ?? "");
  if (id === null) return;
  const { guide: t } = catalogue(storedLang());
  const words = t.explain(t.figures[id].name);
  setAttr(node, "title", words);
  // A name that is words already keeps them; a mark alone has none.
  if (node.classList.contains("what-is")) setAttr(node, "aria-label", words);
}

followLang(() => { for (const node of document.querySelectorAll<HTMLElement>(`[${ATTRIBUTE}]`)) name(node); });

const attrs = (id: FigureId): Record<string, string> => ({ type: "button", "aria-haspopup": "dialog", [ATTRIBUTE]: id });

/** The mark: its sign is drawn by the style sheet, so that what stands beside it reads as before. */
export function whatIs(id: FigureId): HTMLButtonElement {
  const node = h("button", { class: "what-is", attrs: attrs(id) });
  name(node);
  return node;
}

/** A figure's name that explains it. */
export function explained(id: FigureId, text = ""): HTMLButtonElement {
  const node = h("button", { class: "explained", text, attrs: attrs(id) });
  name(node);
  return node;
}

interface Label {
  readonly node: HTMLElement;
  update(id: FigureId | null, text: string): void;
}

/** The same for a label that is kept and filled again; without a figure it is words alone. */
export function explainedLabel(): Label {
  const node = h("span", {});
  let shown: FigureId | null = null;
  let button: HTMLButtonElement | null = null;
  return {
    node,
    update(id, text) {
      if (id !== null && id !== shown) {
        button = explained(id);
        node.replaceChildren(button);
      } else if (id === null && (shown !== null || node.firstElementChild !== null)) {
        button = null;
        node.replaceChildren();
      }
      shown = id;
      setText(button ?? node, text);
    },
  };
}

export const explainsOf = (node: Element): FigureId | null => idOf(node.getAttribute(ATTRIBUTE) ?? "");
export const EXPLAINS = `[${ATTRIBUTE}]`;

/** A title with marks beside it. */
export const marked = (title: HTMLElement, ...ids: readonly FigureId[]): HTMLElement => h("div", { class: "marked" }, title, ...ids.map(whatIs));
