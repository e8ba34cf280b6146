/** A column of the wall: what it is of, places that stay, what found none, and the one line that is there instead of them. */
import { h, setText, show } from "../../ui/dom.ts";
import type { Row } from "../../ui/dom.ts";
import type { Slots } from "./slots.ts";

export interface ColumnWords {
  readonly title: string;
  readonly note: string;
  /** Stands where nothing does. */
  readonly none: string;
  readonly more: string;
}

interface Column<T> {
  readonly node: HTMLElement;
  update(words: ColumnWords, filled: Slots<T>): void;
}

/** As many rows as there are places, made once: a row is filled or empty, and never moves. */
export function column<T>(testid: string, n: number, make: () => Row<T>): Column<T> {
  const [title, note] = [h("h2", {}), h("span", { class: "glance-note" })];
  const rows = Array.from({ length: n }, make);
  const places = rows.map(({ node }) => h("li", { class: "glance-place" }, node));
  const none = h("li", { class: "glance-none", attrs: { "data-testid": `${testid}-none` } });
  const more = h("p", { class: "glance-more", attrs: { "data-testid": `${testid}-more` } });
  return {
    node: h("section", { class: "glance-column", attrs: { "data-testid": testid } },
      h("div", { class: "glance-column-head" }, title, note), h("ul", { class: "glance-places" }, ...places, none), more),
    update(words, filled) {
      setText(title, words.title);
      setText(note, words.note);
      setText(none, words.none);
      show(none, filled.places.every((one) => one === null));
      setText(more, filled.more > 0 ? words.more : "");
      for (const [i, row] of rows.entries()) {
        const item = filled.places[i] ?? null;
        // Out of sight and of hearing; the place keeps its height.
        show(row.node, item !== null);
        if (item !== null) row.update(item);
      }
    },
  };
}
