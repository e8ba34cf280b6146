/** What is asked for before something is done with a case, one form for each. */
import { catalogue } from "../../i18n/index.ts";
import { moment } from "../../i18n/format.ts";
import type { Case } from "../../live/views.ts";
import { h, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { choice, offered } from "../pages/choice.ts";
import { field } from "../pages/form.ts";
import { Picker } from "../pages/picker.ts";
import { agencyChoices } from "../pages/places.ts";
import { unanswered } from "./life.ts";
import type { Act } from "./life.ts";
import { lineForm, textField } from "./lineform.ts";
import { seatsOf } from "./seat.ts";
import { chosen } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";
import { urgeText } from "./words.ts";

const MINUTES = [30, 60, 120];
const DAY_MIN = 1440;
/** Hà Nội is seven hours ahead, the whole year. */
const OFFSET_MIN = 420;

/** Minutes from an instant to the end of its day in Hà Nội. Pure. */
export function minutesLeft(now: string): number {
  const minute = Math.floor(Date.parse(now) / 60_000) + OFFSET_MIN;
  return DAY_MIN - (minute % DAY_MIN);
}

interface Asked {
  readonly fields: readonly HTMLElement[];
  readonly body: () => object;
}

function assign({ lang, seat, alerts }: PageState): Asked {
  const to = field(catalogue(lang).desk.assignTo, "assign-to", false);
  offered(to, "seats", seatsOf(alerts?.cases.values() ?? [], seat).map((one) => [one, one] as const));
  to.input.value = seat;
  return { fields: [to.node], body: () => ({ to: to.input.value.trim() }) };
}

function shelve({ lang, asOf }: PageState): Asked {
  const t = catalogue(lang).desk;
  const day = minutesLeft(asOf ?? new Date().toISOString());
  const minutes = choice(t.shelveFor, "shelve-minutes", [...MINUTES.map((one) => [String(one), t.shelveMinutes(String(one))] as const), [String(day), t.shelveDay]]);
  const reason = textField(lang, t.reason, "shelve-reason");
  return { fields: [minutes.node, reason.node], body: () => ({ minutes: Number(minutes.select.value), reason: reason.read() }) };
}

function urge(state: PageState, one: Case): Asked {
  const { lang, places, rules, asOf } = state;
  const t = catalogue(lang).desk;
  // A commune's point is urged by its commune's agency where the case names none.
  let agency = one.agency ?? "";
  const words = { label: t.urgeAgency, any: t.urgeFind, none: catalogue(lang).pages.noneFound };
  const choices = agencyChoices(lang, places);
  const picker = new Picker("urge-agency", (code) => {
    agency = code;
    picker.update(choices, agency, words);
  });
  picker.update(choices, agency, words);
  const text = textField(lang, t.urgeText, "urge-text", urgeText({ lang, places, rules }, one, asOf));
  return {
    fields: [picker.node, text.node],
    body: () => {
      if (agency === "") throw new Error(t.needText(t.urgeAgency));
      return { agency, text: text.read() };
    },
  };
}

function answer({ lang, places }: PageState, one: Case): Asked {
  const t = catalogue(lang).desk;
  const which = choice(t.whichUrge, "answer-urge", unanswered(one).map(({ urge: n, at, agency }) => [String(n), `${moment(lang, at)} · ${places.names.agency(lang, agency)}`] as const), true);
  const text = textField(lang, t.answerText, "answer-text");
  return { fields: [which.node, text.node], body: () => ({ urge: Number(which.select.value), text: text.read() }) };
}

function asked(state: PageState, act: Act, one: Case): Asked {
  const { lang } = state;
  const t = catalogue(lang).desk;
  switch (act) {
    case "assign": return assign(state);
    case "shelve": return shelve(state);
    case "urge": return urge(state, one);
    case "answer": return answer(state, one);
    case "explain": {
      const text = textField(lang, t.explainText, "explain-text");
      return { fields: [text.node], body: () => ({ text: text.read() }) };
    }
    default: {
      const reason = textField(lang, t.reason, `${act}-reason`);
      return { fields: [reason.node], body: () => ({ reason: reason.read() }) };
    }
  }
}

export function forms(actions: Actions): Part {
  const node = h("div", { class: "case-form-box" });
  const changes = new Changes();
  return {
    node,
    update(state) {
      const { form, lang, view } = state;
      show(node, form !== null && form !== "seat");
      // What is being typed stays while the case changes under it.
      if (!changes.of(form, lang, view.key)) return;
      const one = chosen(state);
      if (form === null || form === "seat" || one === null) {
        node.replaceChildren();
        return;
      }
      const t = catalogue(lang).desk;
      const { fields, body } = asked(state, form, one);
      const made = lineForm(lang, { title: t.acts[form], testid: `${form}-form`, button: t.acts[form], fields, send: () => actions.send(form, body()), cancel: () => { void actions.send(form, null); } });
      node.replaceChildren(made);
      made.querySelector<HTMLElement>("textarea, input, select")?.focus();
      made.scrollIntoView({ block: "nearest" });
    },
  };
}
