/**
 * One of many names, found as one types, without marks. Arrows choose, Enter takes, Escape closes; what is emptied is
 * let go of. A code that the list does not know stands as it came.
 */
import { fold, matches } from "../../ui/search.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import type { Place } from "./places.ts";

/** Names shown at once: more are found by typing on. */
const MOST = 40;

/** The choices that a text finds, by name or code. Pure. */
export function found(choices: readonly Place[], text: string): Place[] {
  if (fold(text) === "") return choices.slice(0, MOST);
  const hits: Place[] = [];
  for (const one of choices) {
    if (matches(fold(`${one.name} ${one.code}`), text)) hits.push(one);
    if (hits.length === MOST) break;
  }
  return hits;
}

interface PickerWords {
  readonly label: string;
  readonly any: string;
  readonly none: string;
}

let made = 0;

export class Picker {
  readonly node: HTMLElement;
  readonly #name = h("span");
  readonly #input: HTMLInputElement;
  readonly #list: HTMLElement;
  readonly #pick: (code: string) => void;
  #choices: readonly Place[] = [];
  #hits: readonly Place[] = [];
  #none = "";
  #code = "";
  #at = -1;

  constructor(testid: string, pick: (code: string) => void) {
    const id = `picker-${++made}`;
    this.#pick = pick;
    this.#list = h("ul", { class: "picker-list", attrs: { role: "listbox", id } });
    this.#list.hidden = true;
    this.#input = h("input", {
      attrs: { type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": id, "data-testid": testid },
      on: {
        input: () => { this.#open(this.#input.value); },
        focus: () => { this.#input.select(); },
        click: () => { if (this.#list.hidden) this.#open(""); },
        blur: () => { this.#leave(); },
        keydown: (event) => { this.#press(event); },
      },
    });
    // Taken on the way down: the field would lose the focus, and the list be gone, before a click is one.
    this.#list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const at = [...this.#list.children].indexOf((event.target as Element).closest("li") as Element);
      if (at >= 0) this.#take(at);
    });
    this.node = h("label", { class: "field picker" }, this.#name, this.#input, this.#list);
  }

  update(choices: readonly Place[], code: string, { label, any, none }: PickerWords): void {
    const isSame = this.#code === code && this.#choices === choices;
    this.#choices = choices;
    this.#code = code;
    this.#none = none;
    setText(this.#name, label);
    setAttr(this.#list, "aria-label", label);
    // Of its own, as the choices stand within the same label.
    setAttr(this.#input, "aria-label", label);
    setAttr(this.#input, "placeholder", any);
    setAttr(this.node, "data-chosen", String(code !== ""));
    if (!isSame && document.activeElement !== this.#input) this.#input.value = this.#nameOf(code);
  }

  #nameOf(code: string): string {
    return this.#choices.find((one) => one.code === code)?.name ?? code;
  }

  #open(text: string): void {
    this.#hits = found(this.#choices, text);
    this.#at = text === "" || this.#hits.length === 0 ? -1 : 0;
    const rows = this.#hits.map(({ code, name }, i) =>
      h("li", { attrs: { role: "option", id: `${this.#list.id}-${i}`, "data-code": code } }, name, h("span", { class: "quiet", text: code })));
    this.#list.replaceChildren(...(rows.length === 0 ? [h("li", { class: "quiet", text: this.#none, attrs: { role: "option", "aria-disabled": "true" } })] : rows));
    show(this.#list, true);
    this.#mark();
  }

  #mark(): void {
    for (const [i, node] of [...this.#list.children].entries()) setAttr(node, "aria-selected", String(i === this.#at));
    const isOpen = !this.#list.hidden;
    setAttr(this.#input, "aria-expanded", String(isOpen));
    setAttr(this.#input, "aria-activedescendant", isOpen && this.#at >= 0 ? `${this.#list.id}-${this.#at}` : null);
    if (isOpen) this.#list.children[this.#at]?.scrollIntoView({ block: "nearest" });
  }

  #close(): void {
    show(this.#list, false);
    this.#mark();
  }

  #take(at: number): void {
    const hit = this.#hits[at];
    if (hit === undefined) return;
    this.#input.value = hit.name;
    this.#close();
    this.#say(hit.code);
  }

  #say(code: string): void {
    if (code !== this.#code) this.#pick(code);
  }

  #leave(): void {
    this.#close();
    if (this.#input.value.trim() === "") this.#say("");
    else this.#input.value = this.#nameOf(this.#code);
  }

  #press(event: KeyboardEvent): void {
    const isOpen = !this.#list.hidden;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      if (isOpen) this.#at = Math.max(0, Math.min(this.#hits.length - 1, this.#at + step));
      else this.#open("");
      this.#mark();
    } else if (event.key === "Enter") {
      if (this.#input.value.trim() === "") this.#say("");
      else if (isOpen) this.#take(Math.max(0, this.#at));
    } else if (event.key === "Escape") {
      this.#close();
      this.#input.value = this.#nameOf(this.#code);
    } else return;
    event.preventDefault();
  }
}
