/** Which part of the desk is looked at, whose seat this is, and whether it is to be heard. */
import { catalogue } from "../../i18n/index.ts";
import { hourMinute } from "../../i18n/format.ts";
import { access, hasPart } from "../../signin/access.ts";
import { mayShow } from "../../signin/pages.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { segment } from "../pages/segment.ts";
import { isSoundOn, mutedUntil } from "./kept.ts";
import { hoursAhead } from "./sound.ts";
import { PAGE, SHOWN, withShow } from "./state.ts";
import type { Actions, Part } from "./state.ts";

const HOURS = 10;

export function toolbar(actions: Actions, isBlocked: () => boolean): Part {
  const shown = segment(SHOWN, "show", (one) => { actions.go(() => withShow(one)); }, (one) => mayShow(access(), PAGE, one));
  const sound = h("button", { class: "plain", attrs: { type: "button", "data-testid": "desk-sound" }, on: { click: () => { actions.setSound(!isSoundOn()); } } });
  const muteName = h("span", { class: "tool-name" });
  const mute = h("select", { attrs: { "data-testid": "desk-mute" }, on: { change: () => { actions.mute(Number(mute.value)); } } });
  const muteTool = h("label", { class: "tool" }, muteName, mute);
  const seat = h("button", { class: "plain", attrs: { type: "button", "data-testid": "desk-seat" }, on: { click: () => { actions.askSeat(); } } });
  const help = h("button", { class: "plain", text: "?", attrs: { type: "button", "data-testid": "desk-help" }, on: { click: () => { actions.help(true); } } });
  const changes = new Changes();
  return {
    node: h("div", { class: "tools desk-tools" }, shown.node, h("div", { class: "desk-own" }, seat, sound, muteTool, help)),
    update(state) {
      const { lang, view, now } = state;
      const t = catalogue(lang).desk;
      shown.update(t.show, t.shown, view.show);
      const isOn = isSoundOn();
      setText(sound, `${t.sound}: ${!isOn ? t.soundOff : isBlocked() ? t.soundBlocked : t.soundOn}`);
      setAttr(sound, "aria-pressed", String(isOn));
      show(muteTool, isOn);
      setText(muteName, t.mute);
      const until = mutedUntil() > now ? mutedUntil() : 0;
      const hours = hoursAhead(now, HOURS);
      if (changes.of(lang, until, hours[0])) {
        const times = until === 0 || hours.includes(until) ? hours : [until, ...hours];
        mute.replaceChildren(h("option", { text: t.muteNone, attrs: { value: "0" } }), ...times.map((one) => h("option", { text: t.mutedTill(hourMinute(lang, one)), attrs: { value: String(one) } })));
      }
      if (mute.value !== String(until)) mute.value = String(until);
      setText(seat, `${t.seat}: ${state.seat === "" ? t.seatNone : state.seat}`);
      show(seat, hasPart(access(), "act_on_alerts"));
      setAttr(seat, "title", t.seatChange);
      setAttr(help, "aria-label", t.keys);
      setAttr(help, "title", t.keys);
    },
  };
}
