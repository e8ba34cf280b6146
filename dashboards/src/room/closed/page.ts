/** A page that is not open to whoever is in: says so, why, what to do, and what is open instead. Nothing is asked for. */
import { catalogue, followLang, storedLang } from "../../i18n/index.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { access, isBounded } from "../../signin/access.ts";
import { hashOfPage, placeOf } from "../../signin/pages.ts";
import type { PageName } from "../../signin/pages.ts";
import type { Session } from "../../signin/session.ts";
import { partWords, roleWords } from "../../signin/words.ts";
import { dossierOfHash } from "../dossier/route.ts";
import { pageHead } from "../pages/head.ts";
import { isPage, queryOf } from "../pages/hash.ts";
import { openPage } from "../pages/page.ts";
import { NO_PLACES, loadPlaces } from "../pages/places.ts";
import { pageEntries } from "../search/places.ts";

interface Closed {
  readonly node: HTMLElement;
  readonly title: HTMLElement;
  readonly draw: () => void;
}

function closed(name: PageName, session: Session): Closed {
  const head = pageHead();
  const [lead, what, here] = [h("p", { class: "closed-title" }), h("p", {}), h("p", { class: "quiet" })];
  const list = h("ul", { class: "closed-open" });
  const node = h("section", { class: "closed", attrs: { "data-testid": `closed-${name}` } }, lead, what, here, list);
  let { names } = NO_PLACES;
  const draw = (): void => {
    const lang = storedLang();
    const { access: t, app } = catalogue(lang);
    const title = pageEntries(lang).find(({ hash }) => placeOf(hash).page === name)?.title ?? name;
    head.update({ lang, title, asOf: null, simulated: false, source: null, isAsking: false });
    document.title = `${app} · ${title}`;
    setText(lead, t.closedTitle);
    const reason = isBounded(access()) ? t.closedWhole(session.who, partWords(lang, access(), names)) : t.closedRole(session.who, roleWords(lang, session));
    setText(what, `${reason} ${t.closedWhat}`);
    const open = pageEntries(lang, access());
    setText(here, open.length === 0 ? t.openNothing : t.openHere);
    list.replaceChildren(...open.map((one) => h("li", {}, h("a", { text: one.title, attrs: { href: one.hash } }), h("span", { class: "quiet", text: ` ${one.note}` }))));
    show(list, open.length > 0);
  };
  void loadPlaces().then((places) => {
    names = places.names;
    if (node.checkVisibility()) draw();
  });
  return { node: h("div", {}, head.node, node), title: head.title, draw };
}

/** In the place of a page over the room. */
export function openClosed(name: Exclude<PageName, "room">, root: HTMLElement, room: HTMLElement, session: Session): void {
  const page = closed(name, session);
  openPage(name, root, room, {
    nodes: [page.node],
    title: page.title,
    ...(name === "dossier" ? { read: (hash: string) => (dossierOfHash(hash) === null ? null : {}) } : { read: (hash: string) => queryOf(hash, name) }),
    find: () => null,
    follow: page.draw,
    up: () => hashOfPage("room"),
    leave: () => undefined,
    redraw: page.draw,
    again: () => undefined,
  });
}

/** In the place of the room itself. */
export function openClosedRoom(root: HTMLElement, session: Session): void {
  const page = closed("room", session);
  root.classList.add("is-closed");
  // There is nothing behind it to go back to.
  page.node.querySelector<HTMLElement>(".page-head .page-back")?.classList.add("is-nowhere");
  root.append(h("main", { class: "page", attrs: { "data-testid": "page-room" } }, page.node));
  const follow = (): void => { if (!isPage(location.hash)) page.draw(); };
  followLang(follow);
  window.addEventListener("hashchange", follow);
  follow();
}
