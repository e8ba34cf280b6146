/** What else the list is filtered by: names are found without marks, dates are whole days. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { dayInput } from "../pages/days.ts";
import { Picker } from "../pages/picker.ts";
import { agencyChoices } from "../pages/places.ts";
import type { Place } from "../pages/places.ts";
import { CHANNELS, DATES, STAGES, cleared, filtersOn } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";

/** From this width on there is room for them beside the list. */
const WIDE = "(min-width: 1001px)";

const fieldChoices = (lang: Lang): Place[] => Object.entries(catalogue(lang).serviceNames).map(([code, name]) => ({ code, name }));

function selectField(key: "stage" | "channel", actions: Actions): { node: HTMLElement; name: HTMLElement; select: HTMLSelectElement } {
  const name = h("span");
  const select = h("select", { attrs: { "data-testid": `filter-${key}` }, on: { change: () => {
    const { value } = select;
    actions.go((view) => ({ ...view, [key]: value }));
  } } });
  return { node: h("label", { class: "field" }, name, select), name, select };
}

function procedureField(actions: Actions): { node: HTMLElement; name: HTMLElement; input: HTMLInputElement } {
  const name = h("span");
  const input = h("input", { attrs: { type: "text", autocomplete: "off", spellcheck: "false", "data-testid": "filter-procedure" }, on: { change: () => {
    const procedure = input.value.trim();
    actions.go((view) => ({ ...view, procedure }));
  } } });
  return { node: h("label", { class: "field" }, name, input), name, input };
}

function dateField(key: (typeof DATES)[number], actions: Actions): { node: HTMLElement; update(lang: Lang, words: string, day: string, isCleared: boolean): void } {
  const name = h("span");
  const field = dayInput(`filter-${key}`, () => {
    const day = field.read();
    field.mark(day !== null);
    if (day !== null) actions.go((view) => ({ ...view, [key]: day }));
  });
  return {
    node: h("label", { class: "field" }, name, field.input),
    update(lang, words, day, isCleared) {
      setText(name, words);
      if (isCleared) field.mark(true);
      field.show(lang, day);
    },
  };
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
  const procedure = procedureField(actions);
  const dates = DATES.map((key) => ({ key, date: dateField(key, actions) }));
  const node = h("details", { class: "filters", attrs: { "data-testid": "filters" } }, title,
    h("div", { class: "filter-fields" }, stage.node, ...pickers.map(({ picker }) => picker.node), procedure.node, channel.node, ...dates.map(({ date }) => date.node)), clear);
  node.open = window.matchMedia(WIDE).matches;
  const ofOptions = new Changes();
  const ofChoices = new Changes();
  const ofView = new Changes();
  let choices: Record<"site" | "agency" | "holder" | "field", readonly Place[]> = { site: [], agency: [], holder: [], field: [] };
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
        choices = { site: places.sites.map(({ code }) => ({ code, name: places.names.short(code) })), agency: agencies, holder: agencies, field: fieldChoices(lang) };
      }
      for (const { key, picker } of pickers) picker.update(choices[key], view[key], { label: t[key], any: t.any, none: t.noChoice });
      setText(stage.name, t.stage);
      setText(channel.name, t.channel);
      if (ofOptions.of(lang, view.stage, view.channel)) options(state, stage.select, channel.select);
      setText(procedure.name, t.procedure);
      if (document.activeElement !== procedure.input) procedure.input.value = view.procedure;
      // What is no day is let go of with the filters.
      const isCleared = ofView.of(view) && n === 0;
      const names = { due_from: t.dueFrom, due_to: t.dueTo, filed_from: t.filedFrom, filed_to: t.filedTo };
      for (const { key, date } of dates) date.update(lang, names[key], view[key], isCleared);
    },
  };
}
