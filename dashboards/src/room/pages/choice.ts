/** Fields of forms beside those of text: a choice among a few, a day, and a text with what is known offered. */
import { h } from "../../ui/dom.ts";
import type { Field } from "../index/form.ts";

export interface Choice {
  readonly node: HTMLElement;
  readonly select: HTMLSelectElement;
}

export function choice(name: string, testid: string, options: readonly (readonly [value: string, words: string])[], isWide = false): Choice {
  const select = h("select", { attrs: { "data-testid": testid } },
    ...options.map(([value, words]) => h("option", { text: words, attrs: { value } })));
  return { node: h("label", { class: isWide ? "field is-wide" : "field" }, h("span", { text: name }), select), select };
}

export function dayField(name: string, testid: string): Field {
  const input = h("input", { attrs: { type: "date", "data-testid": testid } });
  return { node: h("label", { class: "field" }, h("span", { text: name }), input), input, name };
}

export function offered({ node, input }: Field, id: string, options: readonly (readonly [value: string, words: string])[]): void {
  input.setAttribute("list", id);
  node.append(h("datalist", { attrs: { id } }, ...options.map(([value, words]) => h("option", { text: words, attrs: { value } }))));
}
