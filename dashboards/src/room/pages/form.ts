/** A small form that posts to the server and says, in its words, why something was refused. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { h } from "../../ui/dom.ts";
import { access } from "../../signin/access.ts";
import { maySend } from "../../signin/pages.ts";
import { problemWords } from "./alert.ts";
import { post } from "./fetch.ts";

export interface Field {
  readonly node: HTMLElement;
  readonly input: HTMLInputElement;
  readonly name: string;
}

export function field(name: string, testid: string, isNumber: boolean): Field {
  const input = h("input", { attrs: { type: "text", autocomplete: "off", "data-testid": testid, ...(isNumber ? { inputmode: "decimal", class: "is-number" } : {}) } });
  return { node: h("label", { class: "field" }, h("span", { text: name }), input), input, name };
}

/** A number as people write it in a language: "8.705" is 8705 in Vietnamese, 8.705 in English. `null` is no number. */
export function numberIn(lang: Lang, text: string): number | null {
  const [group, point] = lang === "vi" ? ["\\.", ","] : [",", "\\."];
  const bare = text.trim().replace(/[\s\u00a0]/g, "");
  const isWritten = new RegExp(`^(\\d+|\\d{1,3}(${group}\\d{3})+)(${point}\\d+)?$`).test(bare);
  if (!isWritten) return null;
  const plain = bare.replace(new RegExp(group, "g"), "").replace(new RegExp(point), ".");
  return Number(plain);
}

/** A field's number; `null` where it is empty, and an error where it is something else. */
export function numberOf(lang: Lang, { input, name }: Field): number | null {
  if (input.value.trim() === "") return null;
  const value = numberIn(lang, input.value);
  if (value !== null) return value;
  input.focus();
  throw new Error(catalogue(lang).pages.needNumber(name));
}

export const needed = (lang: Lang, one: Field): number => {
  const value = numberOf(lang, one);
  if (value !== null) return value;
  one.input.focus();
  throw new Error(catalogue(lang).pages.needNumber(one.name));
};

interface FormOf {
  readonly title: string;
  readonly testid: string;
  readonly path: string;
  readonly fields: readonly HTMLElement[];
  /** What is posted; an error's message is shown instead. */
  readonly body: () => unknown;
  readonly saved: () => void;
}

/** Posts, and tells what became of it. */
export async function send(lang: Lang, path: string, body: unknown, status: HTMLElement): Promise<boolean> {
  const t = catalogue(lang).pages;
  const answer = await post(path, body);
  if (answer.ok) {
    status.textContent = t.saved;
    return true;
  }
  const words = problemWords(lang, answer.problem);
  status.textContent = answer.problem.status === 0 ? words : t.refused(words);
  return false;
}

export function form(lang: Lang, { title, testid, path, fields, body, saved }: FormOf): HTMLElement {
  if (!maySend(access(), path)) return h("p", { class: "form-refused quiet", text: catalogue(lang).pages.readOnly });
  const status = h("p", { class: "form-status", attrs: { role: "status", "data-testid": `${testid}-status` } });
  const button = h("button", { class: "dossier-open", text: catalogue(lang).pages.save, attrs: { type: "submit" } });
  const submit = async (): Promise<void> => {
    let what: unknown;
    try {
      what = body();
    } catch (error) {
      status.textContent = error instanceof Error ? error.message : String(error);
      return;
    }
    button.disabled = true;
    const isSaved = await send(lang, path, what, status);
    button.disabled = false;
    if (isSaved) saved();
  };
  return h("form", { class: "entry-form", attrs: { "data-testid": testid }, on: { submit: (event) => {
    event.preventDefault();
    void submit();
  } } }, h("h3", { text: title }), h("div", { class: "fields" }, ...fields), button, status);
}
