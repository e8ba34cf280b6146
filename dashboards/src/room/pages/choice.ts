/** Fields of forms beside those of text: a choice among a few, a day, and a text with what is known offered. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { h } from "../../ui/dom.ts";
import { field } from "./form.ts";
import type { Field } from "./form.ts";
import { dayIn } from "./days.ts";

interface Choice {
  readonly node: HTMLElement;
  readonly select: HTMLSelectElement;
}

export function choice(name: string, testid: string, options: readonly (readonly [value: string, words: string])[], isWide = false): Choice {
  const select = h("select", { attrs: { "data-testid": testid } },
    ...options.map(([value, words]) => h("option", { text: words, attrs: { value } })));
  return { node: h("label", { class: isWide ? "field is-wide" : "field" }, h("span", { text: name }), select), select };
}

/** A day is typed as it is written everywhere else: a browser's own field would turn day and month round by its language. */
export function dayField(lang: Lang, name: string, testid: string): Field {
  const one = field(name, testid, false);
  one.input.placeholder = catalogue(lang).pages.dayForm;
  return one;
}

/** A field's day, `2026-12-31`; empty where it is, and an error where it is something else. */
export function dayOfField(lang: Lang, { input, name }: Field): string {
  if (input.value.trim() === "") return "";
  const day = dayIn(input.value);
  if (day !== null) return day;
  input.focus();
  throw new Error(catalogue(lang).pages.needDay(name));
}

export function offered({ node, input }: Field, id: string, options: readonly (readonly [value: string, words: string])[]): void {
  input.setAttribute("list", id);
  node.append(h("datalist", { attrs: { id } }, ...options.map(([value, words]) => h("option", { text: words, attrs: { value } }))));
}
