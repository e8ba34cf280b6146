/** The seat at which this machine stands: asked for once, kept, and never a person's name. */
import { catalogue } from "../../i18n/index.ts";
import type { Case } from "../../live/views.ts";
import { h, setAttr } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { field } from "../pages/form.ts";
import { lineForm } from "./lineform.ts";
import type { Actions, PageState, Part } from "./state.ts";

const SEAT = /^[a-z0-9][a-z0-9._-]{0,31}$/;

/** A seat as it is kept; `null` is none: names have spaces, marks or capitals. Pure. */
export const seatIn = (text: string): string | null => (SEAT.test(text.trim()) ? text.trim() : null);

/** Seats that have been heard of, this machine's first. Pure. */
export function seatsOf(cases: Iterable<Case>, own: string): string[] {
  const seats = new Set<string>();
  for (const { assigned_to: to, acknowledged_by: by } of cases) for (const one of [to, by]) if (one !== null) seats.add(one);
  seats.delete(own);
  return [...(own === "" ? [] : [own]), ...[...seats].sort()];
}

function seatForm({ lang, seat }: PageState, actions: Actions): HTMLFormElement {
  const { desk: t, pages } = catalogue(lang);
  const one = field(t.seat, "seat", false);
  one.input.value = seat;
  one.input.placeholder = "ca-1";
  return lineForm(lang, {
    title: t.seatAsk,
    testid: "seat-form",
    button: t.seatSet,
    fields: [one.node, h("p", { class: "quiet", text: t.seatHint })],
    send: () => {
      const given = seatIn(one.input.value);
      if (given === null) {
        one.input.focus();
        return Promise.reject(new Error(pages.problems["bad_seat"]));
      }
      actions.setSeat(given);
      return Promise.resolve();
    },
    cancel: () => { actions.setSeat(null); },
  });
}

/** Asks for the seat over the page, whichever of its tabs is in view. */
export function seatDialog(actions: Actions): Part {
  let now: PageState | null = null;
  const node = h("dialog", { class: "desk-dialog is-seat", on: { close: () => { if (now?.form === "seat") actions.setSeat(null); } } });
  const changes = new Changes();
  return {
    node,
    update(state) {
      now = state;
      const isAsked = state.form === "seat";
      setAttr(node, "aria-label", catalogue(state.lang).desk.seatAsk);
      if (isAsked && changes.of(state.lang, state.seat, isAsked)) node.replaceChildren(seatForm(state, actions));
      if (isAsked === node.open) return;
      if (!isAsked) {
        node.close();
        return;
      }
      node.showModal();
      node.querySelector("input")?.select();
    },
  };
}
