/**
 * A typed helper to build nodes. Nothing here goes through markup, so the page needs no inline script or style
 * and no text from outside can become an element.
 */
type Child = Node | string | null;

interface Parts {
  readonly class?: string;
  readonly text?: string;
  readonly attrs?: Readonly<Record<string, string>>;
  readonly on?: Readonly<Partial<{ [E in keyof HTMLElementEventMap]: (event: HTMLElementEventMap[E]) => void }>>;
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  parts: Parts = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (parts.class !== undefined) node.className = parts.class;
  if (parts.text !== undefined) node.textContent = parts.text;
  for (const [name, value] of Object.entries(parts.attrs ?? {})) node.setAttribute(name, value);
  for (const [name, run] of Object.entries(parts.on ?? {})) node.addEventListener(name, run as EventListener);
  for (const child of children) if (child !== null) node.append(child);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag: string, attrs: Readonly<Record<string, string>>, ...children: readonly Node[]): SVGElement {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attrs)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// Writing the same text again would still make the browser lay out and a screen reader speak.
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttr(node: Element, name: string, value: string | null): void {
  if (value === null) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

export function show(node: HTMLElement, visible: boolean): void {
  if (node.hidden === visible) node.hidden = !visible;
}

export interface Row<T> {
  readonly node: HTMLElement;
  update(item: T): void;
}

/** Keeps the children of `parent` in step with `items`, reusing and moving nodes by key. */
export class KeyedRows<T> {
  readonly #parent: HTMLElement;
  readonly #key: (item: T) => string;
  readonly #make: (item: T) => Row<T>;
  readonly #rows = new Map<string, Row<T>>();

  constructor(parent: HTMLElement, key: (item: T) => string, make: (item: T) => Row<T>) {
    this.#parent = parent;
    this.#key = key;
    this.#make = make;
  }

  get(key: string): HTMLElement | null {
    return this.#rows.get(key)?.node ?? null;
  }

  update(items: readonly T[]): void {
    const gone = new Set(this.#rows.keys());
    let place: ChildNode | null = this.#parent.firstChild;
    for (const item of items) {
      const key = this.#key(item);
      let row = this.#rows.get(key);
      if (!row) {
        row = this.#make(item);
        this.#rows.set(key, row);
      }
      gone.delete(key);
      row.update(item);
      if (row.node === place) place = place.nextSibling;
      else this.#parent.insertBefore(row.node, place);
    }
    for (const key of gone) {
      this.#rows.get(key)?.node.remove();
      this.#rows.delete(key);
    }
  }
}
