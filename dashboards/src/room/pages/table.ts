/**
 * A table of rows that a page has found and put in order. A windowed one has rows of one height in a box of its own
 * and makes only those in view, so that thousands cost no more than a screenful. Arrows choose a row, Enter opens it.
 */
import { h, setAttr, setText } from "../../ui/dom.ts";
import { perFrame } from "../../ui/frame.ts";
import { inView } from "./arrange.ts";
import type { Span } from "./arrange.ts";
import { cellAttrs, drawHead } from "./heading.ts";
import type { Column, Shown } from "./heading.ts";

export type { Column, Shown } from "./heading.ts";

interface Options<T> {
  readonly testid: string;
  readonly isWindowed: boolean;
  readonly key: (row: T) => string;
  /** What a row's cells are made of beside the row: when it differs, the row is made again. */
  readonly sign?: (row: T) => string;
  /** Attributes of a row. */
  readonly attrs?: (row: T) => Readonly<Record<string, string>>;
  readonly open?: (row: T) => void;
  /** Space on a chosen row. */
  readonly mark?: (row: T) => void;
  readonly sortBy?: (column: Column<T>) => void;
  /** Which rows are made, whenever they are drawn: those that are not here yet can be asked for. */
  readonly seen?: (span: Span) => void;
}

interface Made<T> {
  readonly row: T;
  readonly sign: string;
  readonly node: HTMLTableRowElement;
}

export class Table<T> {
  readonly node: HTMLElement;
  readonly #options: Options<T>;
  readonly #table: HTMLTableElement;
  readonly #cols = h("colgroup");
  readonly #head = h("tr", { attrs: { role: "row" } });
  readonly #above = h("tbody", { attrs: { "aria-hidden": "true" } });
  readonly #body = h("tbody", { attrs: { role: "rowgroup" } });
  readonly #below = h("tbody", { attrs: { "aria-hidden": "true" } });
  readonly #empty = h("p", { class: "table-empty quiet" });
  #made = new Map<string, Made<T>>();
  #shown: Shown<T> | null = null;
  #active = 0;
  #height = 0;

  constructor(options: Options<T>) {
    this.#options = options;
    // Roles are said outright: on a narrow screen rows are laid out as blocks, which would lose them.
    this.#table = h("table", { class: "grid", attrs: { role: "grid", "data-testid": options.testid } },
      this.#cols, h("thead", { attrs: { role: "rowgroup" } }, this.#head), this.#above, this.#body, this.#below);
    // A still one has no row that opens anything.
    const classes = ["grid-box", options.isWindowed ? "is-windowed" : "", options.open === undefined ? "is-still" : ""];
    this.node = h("div", { class: classes.filter((one) => one !== "").join(" ") }, this.#table, this.#empty);
    this.#body.addEventListener("keydown", (event) => { this.#press(event); });
    this.#body.addEventListener("click", (event) => { this.#click(event); });
    this.#body.addEventListener("focusin", (event) => { this.#chosen(event.target as Element); });
    if (options.isWindowed) {
      const draw = perFrame(() => { this.#draw(); });
      this.node.addEventListener("scroll", draw, { passive: true });
      new ResizeObserver(draw).observe(this.node);
    }
  }

  update(shown: Shown<T>): void {
    const before = this.#shown;
    this.#shown = shown;
    if (before?.columns !== shown.columns) this.#made.clear();
    if (before?.columns !== shown.columns || before.order !== shown.order) drawHead(this.#cols, this.#head, shown, this.#options.sortBy);
    if (before !== null && before.rows !== shown.rows && before.order !== shown.order) this.node.scrollTop = 0;
    this.#active = Math.min(this.#active, Math.max(0, shown.rows.length - 1));
    setAttr(this.#table, "aria-label", shown.label);
    setAttr(this.#table, "aria-rowcount", String(shown.rows.length + 1));
    setText(this.#empty, shown.rows.length === 0 ? shown.empty : "");
    this.#draw();
  }

  #make(row: T, columns: readonly Column<T>[]): HTMLTableRowElement {
    const cells = columns.map((column) => h("td", { attrs: { role: "gridcell", "data-label": column.title, "data-column": column.key, ...cellAttrs(column) } }, column.cell(row)));
    return h("tr", { attrs: { role: "row", "data-key": this.#options.key(row), ...this.#options.attrs?.(row) } }, ...cells);
  }

  #draw(): void {
    const shown = this.#shown;
    if (shown === null) return;
    const { isWindowed } = this.#options;
    const n = shown.rows.length;
    const { from, to } = isWindowed
      ? inView(n, this.#height, this.node.scrollTop, this.node.clientHeight)
      : { from: 0, to: n };
    this.#options.seen?.({ from, to });
    const focus = document.activeElement;
    const held = this.#body.contains(focus) ? { key: focus?.closest("tr")?.dataset["key"], part: focus?.getAttribute("data-part") ?? null } : null;
    const made = new Map<string, Made<T>>();
    const nodes = shown.rows.slice(from, to).map((row, i) => {
      const key = this.#options.key(row);
      const sign = this.#options.sign?.(row) ?? "";
      const old = this.#made.get(key);
      const one = old?.row === row && old.sign === sign ? old : { row, sign, node: this.#make(row, shown.columns) };
      made.set(key, one);
      setAttr(one.node, "aria-rowindex", String(from + i + 2));
      setAttr(one.node, "tabindex", from + i === this.#active ? "0" : "-1");
      return one.node;
    });
    this.#made = made;
    const isSame = nodes.length === this.#body.children.length && nodes.every((node, i) => node === this.#body.children[i]);
    if (!isSame) this.#body.replaceChildren(...nodes);
    if (isWindowed) this.#space(from, to, n, nodes[0]);
    if (held?.key !== undefined && !this.#body.contains(document.activeElement)) {
      const row = made.get(held.key)?.node;
      (held.part === null ? row : row?.querySelector<HTMLElement>(`[data-part="${held.part}"]`))?.focus({ preventScroll: true });
    }
  }

  /** Room for the rows that are not made; once a row's height is known, those in view are reckoned again. */
  #space(from: number, to: number, n: number, first: HTMLElement | undefined): void {
    const height = first?.getBoundingClientRect().height ?? this.#height;
    const isNews = height > 0 && Math.abs(height - this.#height) > 0.01;
    if (height > 0) this.#height = height;
    for (const [room, rows] of [[this.#above, from], [this.#below, n - to]] as const) {
      if (rows === 0) room.replaceChildren();
      else {
        if (room.firstElementChild === null) room.append(h("tr", {}, h("td")));
        (room.firstElementChild as HTMLElement).style.height = `${rows * this.#height}px`;
      }
    }
    if (isNews) this.#draw();
  }

  #rowOf(target: Element): number {
    const key = target.closest("tr")?.dataset["key"];
    return this.#shown?.rows.findIndex((row) => this.#options.key(row) === key) ?? -1;
  }

  #chosen(target: Element): void {
    const i = this.#rowOf(target);
    if (i < 0) return;
    this.#active = i;
    for (const tr of this.#body.children) setAttr(tr, "tabindex", tr === target.closest("tr") ? "0" : "-1");
  }

  #click(event: MouseEvent): void {
    const target = event.target as Element;
    const row = this.#shown?.rows[this.#rowOf(target)];
    if (row === undefined || this.#options.open === undefined || target.closest("button, input, label") !== null) return;
    // A link in a row is the row's own, for another window; in this one it is opened as the row is.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#options.open(row);
  }

  #press(event: KeyboardEvent): void {
    const rows = this.#shown?.rows ?? [];
    const page = Math.max(1, Math.floor(this.node.clientHeight / (this.#height || 40)) - 2);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -rows.length, End: rows.length };
    const step = steps[event.key];
    const row = rows[this.#active];
    if (step !== undefined) this.#choose(Math.min(rows.length - 1, Math.max(0, this.#active + step)));
    else if (event.target !== (event.target as Element).closest("tr") || row === undefined) return;
    else if (event.key === "Enter") this.#options.open?.(row);
    else if (event.key === " ") this.#options.mark?.(row);
    else return;
    event.preventDefault();
  }

  #choose(i: number): void {
    this.#active = i;
    if (this.#options.isWindowed) {
      const head = this.#head.getBoundingClientRect().height;
      const top = i * this.#height;
      const { scrollTop, clientHeight } = this.node;
      if (top < scrollTop) this.node.scrollTop = top;
      else if (top + this.#height > scrollTop + clientHeight - head) this.node.scrollTop = top + this.#height + head - clientHeight;
    }
    this.#draw();
    const key = this.#shown?.rows[i];
    if (key !== undefined) this.#made.get(this.#options.key(key))?.node.focus({ preventScroll: this.#options.isWindowed });
  }
}
