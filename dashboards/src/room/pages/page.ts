/** A page over the room: it is seen, and asks the server, only while the address names it. */
import { followLang } from "../../i18n/index.ts";
import { h } from "../../ui/dom.ts";
import { goTo, isPage, queryOf } from "./hash.ts";
import type { Query } from "./hash.ts";

/** What a page is to the address. */
interface Paged {
  readonly nodes: readonly HTMLElement[];
  /** What takes the focus when the page is opened, so that it is read out. */
  readonly title: HTMLElement;
  /** What an address says to this page, `null` where it names another; without it, the query after the page's name. */
  readonly read?: (hash: string) => Query | null;
  /** What `f` leads to; nothing where there is nothing to find, or where the page hears the key itself. */
  find(): HTMLElement | null;
  /** Where Escape leads: out of what is open, at last to the room. */
  up(): string;
  follow(query: Query): void;
  leave(): void;
  /** The language has changed. */
  redraw(): void;
  /** It is time to ask again. */
  again(): void;
}

/** How often an open page asks again, in ms. */
const AGAIN_MS = 60_000;

/** Where a reader was on a page that was left. */
interface Place {
  readonly hash: string;
  readonly top: number;
  readonly focus: Element | null;
}

const TYPED_IN = "input:not([type=checkbox]), select, textarea";

export function openPage(name: string, root: HTMLElement, room: HTMLElement, page: Paged): void {
  const node = h("main", { class: "page", attrs: { "data-testid": `page-${name}` } }, ...page.nodes);
  node.hidden = true;
  root.append(node);

  const read = page.read ?? ((hash: string) => queryOf(hash, name));
  let here = location.hash;
  let left: Place | null = null;
  // Kept as they change: when the address does, another page may have taken both before this one is told.
  let top = 0;
  let focus: Element | null = null;
  node.addEventListener("focusin", (event) => { focus = event.target as Element; });
  window.addEventListener("scroll", () => { if (!node.hidden) top = window.scrollY; }, { passive: true });

  const settle = (): void => {
    const back = left?.hash === here ? left : null;
    window.scrollTo(0, back?.top ?? 0);
    const held = back?.focus?.isConnected === true ? back.focus : page.title;
    if (held instanceof HTMLElement) held.focus({ preventScroll: true });
  };

  const follow = (): void => {
    const query = read(location.hash);
    const wasHidden = node.hidden;
    if (query === null) {
      if (!wasHidden) {
        left = { hash: here, top, focus };
        page.leave();
      }
      node.hidden = true;
    } else {
      here = location.hash;
      node.hidden = false;
    }
    room.hidden = isPage(location.hash);
    if (query === null) return;
    page.follow(query);
    if (wasHidden) settle();
  };
  window.addEventListener("hashchange", follow);
  followLang(() => { if (!node.hidden) page.redraw(); });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof Element && event.target.closest(TYPED_IN) !== null;
    if (node.hidden || isTyping) return;
    if (event.key === "Escape") goTo(page.up());
    const isFree = !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.altKey && document.querySelector("dialog[open]") === null;
    const found = isFree && event.key.toLowerCase() === "f" ? page.find() : null;
    if (found === null) return;
    event.preventDefault();
    found.focus();
  });
  setInterval(() => { if (!node.hidden && !document.hidden) page.again(); }, AGAIN_MS);
  follow();
}
