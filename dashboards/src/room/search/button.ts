/** The button that opens the search box: what it does, and its key. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { h, setAttr, setText, svg } from "../../ui/dom.ts";
import { askSearch } from "./ask.ts";

const GLASS = "M8.6 3.4a5.2 5.2 0 1 0 0 10.4 5.2 5.2 0 1 0 0-10.4zM12.4 12.4 17 17";

export function searchButton(): { readonly node: HTMLElement; update(lang: Lang): void } {
  const words = h("span", { class: "search-words" });
  const node = h("button", { class: "frame-button search-button", attrs: { type: "button", "aria-haspopup": "dialog", "aria-keyshortcuts": "/ Control+K", "data-testid": "search-open" }, on: { click: askSearch } });
  node.append(svg("svg", { viewBox: "0 0 20 20", class: "frame-icon", "aria-hidden": "true" }, svg("path", { d: GLASS })), words, h("kbd", { text: "/", attrs: { "aria-hidden": "true" } }));
  return {
    node,
    update(lang) {
      const t = catalogue(lang).finder;
      setText(words, t.open);
      setAttr(node, "aria-label", t.open);
      setAttr(node, "title", t.openHint);
    },
  };
}
