/** A button that takes away what was entered; that, too, has a source. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { h } from "../../ui/dom.ts";
import { send } from "./form.ts";
import type { Field } from "./form.ts";

interface AwayOf {
  readonly words: string;
  readonly testid: string;
  readonly path: string;
  /** The form's own field, which this button shares. */
  readonly source: Field;
  readonly body: () => object;
  readonly saved: () => void;
}

export function away(lang: Lang, { words, testid, path, source: { input }, body, saved }: AwayOf): HTMLElement {
  const status = h("p", { class: "form-status", attrs: { role: "status", "data-testid": `${testid}-status` } });
  const take = async (): Promise<void> => {
    if (input.value.trim() === "") {
      status.textContent = catalogue(lang).pages.needSource;
      input.focus();
    } else if (await send(lang, path, { ...body(), source: input.value }, status)) saved();
  };
  return h("div", {}, h("button", { class: "plain", text: words, attrs: { type: "button", "data-testid": testid }, on: { click: () => { void take(); } } }), status);
}
