/** The make of the desk's small forms: fields, a button, a way out by Escape, and what was wrong. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h } from "../../ui/dom.ts";

/** The longest text that the server takes. */
const MOST = 500;

/** Texts are lines: what is broken is joined. Pure. */
export const lineOf = (text: string): string => text.replace(/\s+/g, " ").trim();

export interface TextField {
  readonly node: HTMLElement;
  readonly input: HTMLTextAreaElement;
  /** The line; an error where there is none. */
  read(): string;
}

/** A field for a line of up to 500 characters, which says how many are left and that no person is to be named. */
export function textField(lang: Lang, name: string, testid: string, value = ""): TextField {
  const { desk: t } = catalogue(lang);
  const left = h("span", { class: "quiet" });
  // What is to be heeded describes the field, and is no part of its name.
  const input = h("textarea", { attrs: { rows: "3", maxlength: String(MOST), "aria-describedby": `${testid}-hint`, "data-testid": testid } });
  const tell = (): void => { left.textContent = t.left(count(lang, MOST - input.value.length)); };
  input.value = value;
  tell();
  input.addEventListener("input", tell);
  // It is one line: Enter sends it, unless it ends a letter's composing.
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.shiftKey) return;
    event.preventDefault();
    input.form?.requestSubmit();
  });
  const node = h("div", { class: "field is-wide" }, h("label", {}, h("span", { text: name }), input),
    h("span", { class: "field-hint", attrs: { id: `${testid}-hint` } }, h("span", { class: "quiet", text: t.noPersons }), left));
  return {
    node,
    input,
    read: () => {
      const line = lineOf(input.value);
      if (line !== "") return line;
      input.focus();
      throw new Error(t.needText(name));
    },
  };
}

interface FormOf {
  readonly title: string;
  readonly testid: string;
  readonly button: string;
  readonly fields: readonly HTMLElement[];
  /** Sends; an error's message is shown. */
  readonly send: () => Promise<void>;
  readonly cancel: () => void;
}

export function lineForm(lang: Lang, { title, testid, button, fields, send, cancel }: FormOf): HTMLFormElement {
  const { desk: t } = catalogue(lang);
  const status = h("p", { class: "form-status", attrs: { role: "alert", "data-testid": `${testid}-status` } });
  const go = h("button", { class: "act", text: button, attrs: { type: "submit", "data-first": "true" } });
  const submit = async (): Promise<void> => {
    status.textContent = "";
    go.disabled = true;
    try {
      await send();
    } catch (error) {
      status.textContent = error instanceof Error ? error.message : String(error);
    }
    go.disabled = false;
  };
  return h("form", {
    class: "case-form",
    attrs: { "data-testid": testid },
    on: {
      submit: (event) => {
        event.preventDefault();
        void submit();
      },
      // What was wrong is being mended.
      input: () => { status.textContent = ""; },
      keydown: (event) => {
        // A list of choices that is open is closed by it first.
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        event.stopPropagation();
        cancel();
      },
    },
  }, h("h3", { text: title }), ...fields, h("div", { class: "case-form-foot" }, go, h("button", { class: "plain", text: `${t.cancel} (Esc)`, attrs: { type: "button" }, on: { click: cancel } })), status);
}
