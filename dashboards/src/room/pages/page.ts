/** A page over the room: it is seen, and asks the server, only while the address names it. */
import { followLang } from "../../i18n/index.ts";
import { h } from "../../ui/dom.ts";
import { isPage, queryOf } from "./hash.ts";
import type { Query } from "./hash.ts";

/** What a page is to the address. */
export interface Paged {
  readonly nodes: readonly HTMLElement[];
  /** What takes the focus when the page is opened, so that it is read out. */
  readonly title: HTMLElement;
  /** What `/` leads to; nothing where there is nothing to find. */
  find(): HTMLElement | null;
  follow(query: Query): void;
  leave(): void;
  /** The language has changed. */
  redraw(): void;
  /** It is time to ask again. */
  again(): void;
}

/** How often an open page asks again, in ms. */
const AGAIN_MS = 60_000;

export function openPage(name: string, root: HTMLElement, room: HTMLElement, page: Paged): void {
  const node = h("main", { class: "page", attrs: { "data-testid": `page-${name}` } }, ...page.nodes);
  node.hidden = true;
  root.append(node);

  const follow = (): void => {
    const query = queryOf(location.hash, name);
    const wasHidden = node.hidden;
    node.hidden = query === null;
    room.hidden = isPage(location.hash);
    if (query === null) {
      if (!wasHidden) page.leave();
      return;
    }
    page.follow(query);
    if (wasHidden) {
      window.scrollTo(0, 0);
      page.title.focus({ preventScroll: true });
    }
  };
  window.addEventListener("hashchange", follow);
  followLang(() => { if (!node.hidden) page.redraw(); });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof Element && event.target.closest("input, select, textarea") !== null;
    if (node.hidden || isTyping || event.key !== "/") return;
    const found = page.find();
    if (found === null) return;
    event.preventDefault();
    found.focus();
  });
  setInterval(() => { if (!node.hidden && !document.hidden) page.again(); }, AGAIN_MS);
  follow();
}
