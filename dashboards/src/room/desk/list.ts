/**
 * The list of cases as a window over any number of rows of one height. Only rows in view, and a few around them, are
 * nodes; the focus is the list's own, and which row is chosen is said by `aria-activedescendant`, so that rows that
 * come and go take no focus with them.
 */
import { catalogue } from "../../i18n/index.ts";
import { h, setAttr, show } from "../../ui/dom.ts";
import { perFrame } from "../../ui/frame.ts";
import { inView } from "../pages/arrange.ts";
import { rowNode } from "./row.ts";
import type { RowNode } from "./row.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { Told } from "./words.ts";

const SKELETON_ROWS = 8;

export interface List extends Part {
  /** Takes the focus. */
  focus(): void;
  /** How many rows are seen at once. */
  page(): number;
  /** To the first row. */
  toTop(): void;
  /** What is in view has moved up by so many rows, and the view goes with it. */
  follow(rows: number): void;
}

export function list(actions: Actions): List {
  let state: PageState | null = null;
  let told: Told | null = null;
  let height = 0;
  let key = "";
  const made = new Map<string, RowNode>();
  const room = h("div", { class: "cases-room" });
  const node = h("div", { class: "cases", attrs: { role: "listbox", tabindex: "0", "data-testid": "cases" } }, room);
  const skeleton = h("div", { class: "cases-skeleton", attrs: { "aria-hidden": "true" } }, ...Array.from({ length: SKELETON_ROWS }, () => h("div")));
  const box = h("div", { class: "cases-box" }, skeleton, node);

  const measure = (): void => {
    const wanted = parseFloat(getComputedStyle(node).getPropertyValue("--case-height"));
    if (wanted > 0 && wanted !== height) {
      height = wanted;
      draw();
    }
  };
  const draw = perFrame(() => {
    if (state === null || told === null || height === 0) return;
    const { rows } = state.list;
    const { from, to } = inView(rows.length, height, node.scrollTop, node.clientHeight, 6);
    room.style.height = `${rows.length * height}px`;
    const gone = new Map(made);
    for (let i = from; i < to; i += 1) gone.delete(rows[i]?.one.id ?? "");
    // Nodes that have left the view are those that come into it at the other end.
    const free = [...gone];
    for (let i = from; i < to; i += 1) {
      const row = rows[i];
      if (row === undefined) continue;
      const { id } = row.one;
      let one = made.get(id);
      if (one === undefined) {
        const [old, node] = free.pop() ?? [];
        one = node ?? rowNode();
        if (old === undefined) room.append(one.node);
        else made.delete(old);
        one.node.id = `case-${id}`;
        made.set(id, one);
      }
      one.node.style.transform = `translateY(${i * height}px)`;
      setAttr(one.node, "aria-posinset", String(i + 1));
      setAttr(one.node, "aria-setsize", String(rows.length));
      setAttr(one.node, "aria-selected", String(id === key));
      one.update(row, told, state.asOf);
    }
    for (const [id, one] of free) {
      one.node.remove();
      made.delete(id);
    }
    setAttr(node, "aria-activedescendant", made.has(key) ? `case-${key}` : null);
  });
  /** Brings a row into view, by as little as that takes. */
  const reveal = (i: number): void => {
    if (i < 0 || height === 0) return;
    const top = i * height;
    if (top < node.scrollTop) node.scrollTop = top;
    else if (top + height > node.scrollTop + node.clientHeight) node.scrollTop = top + height - node.clientHeight;
  };

  node.addEventListener("scroll", draw, { passive: true });
  new ResizeObserver(() => { measure(); draw(); }).observe(node);
  const idOf = (target: EventTarget | null): string | undefined => (target as Element | null)?.closest<HTMLElement>(".case")?.dataset["id"];
  // It is told of a row that is scrolled under the cursor, too.
  node.addEventListener("pointerover", (event) => { if (event.pointerType === "mouse") actions.point(idOf(event.target) ?? ""); });
  node.addEventListener("pointerleave", () => { actions.point(null); });
  node.addEventListener("click", (event) => {
    const id = idOf(event.target);
    if (id !== undefined) actions.choose(id);
  });

  return {
    node: box,
    focus: () => { node.focus({ preventScroll: true }); },
    page: () => Math.max(1, Math.floor(node.clientHeight / (height || 1)) - 1),
    toTop: () => { node.scrollTop = 0; },
    follow: (rows) => { if (rows !== 0) node.scrollTop -= rows * height; },
    update(next) {
      const { lang, places, rules, view, alerts, list: { rows }, isRefused } = next;
      if (told?.lang !== lang || told.places !== places || told.rules !== rules) told = { lang, places, rules };
      state = next;
      setAttr(node, "aria-label", catalogue(lang).desk.list);
      show(skeleton, alerts === null && !isRefused);
      show(node, rows.length > 0);
      if (height === 0) measure();
      if (view.key !== key) {
        key = view.key;
        // Once it has been laid out: it may have been hidden until now.
        requestAnimationFrame(() => { reveal(rows.findIndex(({ one }) => one.id === key)); });
      }
      draw();
    },
  };
}
