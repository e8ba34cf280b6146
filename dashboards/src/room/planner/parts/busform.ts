/** When one leaves: a weekday, from and until when, and how long the way may take. */
import { catalogue } from "../../../i18n/index.ts";
import { count } from "../../../i18n/format.ts";
import { h, setText } from "../../../ui/dom.ts";
import { Changes } from "../../pages/changes.ts";
import { choice } from "../../pages/choice.ts";
import { field, needed } from "../../pages/form.ts";
import type { Field } from "../../pages/form.ts";
import { isBusMinutes, timeIn } from "../bus.ts";
import type { Actions, PageState, Part } from "../state.ts";
import type { BusQuestion } from "../view.ts";

export function busForm(actions: Actions): Part {
  const fields = h("div", { class: "fields" });
  const submit = h("button", { class: "dossier-open", attrs: { type: "submit", "data-testid": "bus-ask" } });
  const status = h("p", { class: "form-status", attrs: { role: "status", "data-testid": "bus-status" } });
  let read: () => BusQuestion | null = () => null;
  const node = h("form", { class: "entry-form siting-form", attrs: { "data-testid": "bus-form" }, on: { submit: (event) => {
    event.preventDefault();
    setText(status, "");
    try {
      const bus = read();
      if (bus !== null) actions.go((view) => ({ ...view, bus }));
    } catch (error) {
      setText(status, error instanceof Error ? error.message : String(error));
    }
  } } }, fields, submit, status);
  const changes = new Changes();

  const draw = ({ lang, view: { bus } }: PageState): void => {
    const t = catalogue(lang).planner;
    const day = choice(t.busDay, "bus-weekday", t.weekdays.map((name, i) => [String(i + 1), name]));
    day.select.value = String(bus.weekday);
    const text = (name: string, testid: string, value: string): Field => {
      const one = field(name, testid, true);
      one.input.value = value;
      return one;
    };
    const [from, until, minutes] = [text(t.busFrom, "bus-from", bus.from), text(t.busUntil, "bus-until", bus.until), text(t.busMinutes, "bus-minutes", count(lang, bus.minutes))];
    const refuse = ({ input }: Field, words: string): never => {
      input.focus();
      throw new Error(words);
    };
    const timeOf = (one: Field): string => timeIn(one.input.value) ?? refuse(one, t.busNeedTime(one.name));
    read = () => {
      const asked = { weekday: Number(day.select.value), from: timeOf(from), until: timeOf(until), minutes: needed(lang, minutes) };
      if (asked.until <= asked.from) refuse(until, t.busOrder);
      if (!isBusMinutes(asked.minutes)) refuse(minutes, t.busLimit);
      return asked;
    };
    fields.replaceChildren(day.node, minutes.node, from.node, until.node);
    setText(submit, t.busAsk);
    setText(status, "");
  };

  return {
    node,
    update(state) {
      if (changes.of(state.lang, JSON.stringify(state.view.bus))) draw(state);
    },
  };
}
