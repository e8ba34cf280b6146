/** What else the list is filtered by: names are found without marks, dates are whole days. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { Picker } from "../pages/picker.ts";
import { agencyChoices, siteName } from "../pages/choices.ts";
import type { Choice } from "../pages/choices.ts";
import type { Actions, Part } from "./part.ts";
import { CHANNELS, DATES, STAGES, cleared, filtersOn } from "./state.ts";
import type { PageState, View } from "./state.ts";

/** From this width on there is room for them beside the list. */
const WIDE = "(min-width: 1001px)";

const fieldChoices = (lang: Lang): Choice[] => Object.entries(catalogue(lang).serviceNames).map(([code, name]) => ({ code, name }));

function selectField(key: "stage" | "channel", actions: Actions): { node: HTMLElement; name: HTMLElement; select: HTMLSelectElement } {
  const name = h("span");
  const select = h("select", { attrs: { "data-testid": `filter-${key}` }, on: { change: () => {
    const { value } = select;
    actions.go((view) => ({ ...view, [key]: value }));
  } } });
  return { node: h("label", { class: "field" }, name, select), name, select };
}

function inputField(key: (typeof DATES)[number] | "procedure", type: string, actions: Actions): { node: HTMLElement; name: HTMLElement; input: HTMLInputElement; key: keyof View } {
  const name = h("span");
  const input = h("input", { attrs: { type, autocomplete: "off", spellcheck: "false", "data-testid": `filter-${key}` }, on: { change: () => {
    const value = input.value.trim();
    actions.go((view) => ({ ...view, [key]: value }));
  } } });
  return { node: h("label", { class: "field" }, name, input), name, input, key };
}

function options({ lang, view }: PageState, stage: HTMLSelectElement, channel: HTMLSelectElement): void {
  const t = catalogue(lang);
  const option = (value: string, text: string): HTMLOptionElement => h("option", { text, attrs: { value } });
  const words = (stages: string): string => stages.split(",").map((one) => wordFor(t.stages, one)).join(", ");
  // An address may name several, which the list of choices does not have.
  const several = view.stage.includes(",") ? [option(view.stage, words(view.stage))] : [];
  stage.replaceChildren(option("", t.dossierList.inHand), option("all", t.dossierList.everyStage), ...several, ...STAGES.map((one) => option(one, t.stages[one])));
  stage.value = view.stage;
  channel.replaceChildren(option("", t.dossierList.any), ...CHANNELS.map((one) => option(one, t.channels[one])));
  channel.value = view.channel;
}

export function filters(actions: Actions): Part {
  const title = h("summary");
  const clear = h("button", { class: "plain", attrs: { type: "button", "data-testid": "clear" }, on: { click: () => { actions.go(cleared); } } });
  const pickers = (["site", "agency", "holder", "field"] as const).map((key) =>
    ({ key, picker: new Picker(`filter-${key}`, (code) => { actions.go((view) => ({ ...view, [key]: code })); }) }));
  const [stage, channel] = [selectField("stage", actions), selectField("channel", actions)];
  const procedure = inputField("procedure", "text", actions);
  const dates = DATES.map((key) => inputField(key, "date", actions));
  const node = h("details", { class: "filters", attrs: { "data-testid": "filters" } }, title,
    h("div", { class: "filter-fields" }, stage.node, ...pickers.map(({ picker }) => picker.node), procedure.node, channel.node, ...dates.map((one) => one.node)), clear);
  node.open = window.matchMedia(WIDE).matches;
  const ofOptions = new Changes();
  const ofChoices = new Changes();
  let choices: Record<"site" | "agency" | "holder" | "field", readonly Choice[]> = { site: [], agency: [], holder: [], field: [] };
  return {
    node,
    update(state) {
      const { lang, view, places } = state;
      const t = catalogue(lang).dossierList;
      const n = filtersOn(view);
      setText(title, n === 0 ? t.filters : t.filtersOn(count(lang, n)));
      show(clear, n > 0);
      setText(clear, t.clear);
      if (ofChoices.of(lang, places)) {
        const agencies = agencyChoices(lang, places);
        choices = { site: places.sites.map(({ code }) => ({ code, name: siteName(places.names, code) })), agency: agencies, holder: agencies, field: fieldChoices(lang) };
      }
      for (const { key, picker } of pickers) picker.update(choices[key], view[key], { label: t[key], any: t.any, none: t.noChoice });
      setText(stage.name, t.stage);
      setText(channel.name, t.channel);
      if (ofOptions.of(lang, view.stage, view.channel)) options(state, stage.select, channel.select);
      const names = { procedure: t.procedure, due_from: t.dueFrom, due_to: t.dueTo, filed_from: t.filedFrom, filed_to: t.filedTo } as Partial<Record<keyof View, string>>;
      for (const { key, name, input } of [procedure, ...dates]) {
        setText(name, names[key] ?? "");
        if (document.activeElement !== input) input.value = view[key];
      }
    },
  };
}
