/** Plays the day again: a cursor runs at 60 or 300 times the speed, and beside it stands what was at that instant. */
import { catalogue } from "../../i18n/index.ts";
import { hourMinute } from "../../i18n/format.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { dayBegin } from "../charts/reports.ts";
import { segment } from "../pages/segment.ts";
import { QUARTER, advanced, atInstant, clamped, dayOfState } from "./model.ts";
import type { Day } from "./model.ts";
import { isDrawn } from "./notes.ts";
import { readout } from "./readout.ts";
import { dayInForce } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";

const SPEEDS = ["60", "300"] as const;
type Speed = (typeof SPEEDS)[number];
const STEP = 300_000;

export interface Player extends Part {
  /** Where the cursor stands; `null` before it was put anywhere. */
  at(): number | null;
  put(at: number): void;
  stop(): void;
  follow(told: () => void): void;
}

const isStill = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function player(actions: Actions): Player {
  const followers = new Set<() => void>();
  let shown: { readonly state: PageState; readonly day: Day } | null = null;
  let at: number | null = null;
  let said = "";
  let speed: Speed = "60";
  let running: { stop(): void } | null = null;

  const toggle = h("button", { class: "plain day-play", attrs: { type: "button", "data-testid": "day-play" }, on: { click: () => { if (running === null) play(); else pause(); } } });
  const speeds = segment(SPEEDS, "day-speed", (one) => {
    speed = one;
    if (running !== null) play();
    draw();
  });
  const slider = h("input", { attrs: { type: "range", step: "60", "data-testid": "day-slider" }, on: {
    input: () => { move(Number(slider.value) * 1000); },
    change: () => { keep(); },
  } });
  const time = h("output", { class: "day-time", attrs: { "data-testid": "day-time" } });
  const figures = readout();
  const node = h("section", { class: "day-player", attrs: { "data-testid": "day-player" } }, h("div", { class: "tools" }, toggle, speeds.node, slider, time), figures.node);
  // The same keys wherever the player has the focus; a slider alone would go on by minutes.
  node.addEventListener("keydown", (event) => {
    const step = { ArrowRight: STEP, ArrowUp: STEP, ArrowLeft: -STEP, ArrowDown: -STEP, PageUp: QUARTER, PageDown: -QUARTER }[event.key];
    const { day } = shown ?? {};
    if (event.key === " " && event.target === slider) {
      event.preventDefault();
      toggle.click();
    }
    if (day === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = step === undefined ? { Home: day.from, End: day.until }[event.key] : (at ?? day.from) + step;
    if (target === undefined) return;
    event.preventDefault();
    pause();
    move(target);
    keep();
  });

  const move = (to: number): void => {
    if (shown === null) return;
    at = clamped(shown.day, to);
    draw();
    for (const told of followers) told();
  };
  /** The instant goes into the address, to be sent on; while it runs it does not. */
  const keep = (): void => {
    if (shown === null || at === null) return;
    said = hourMinute("en", at);
    actions.go((view) => ({ ...view, at: said }), true);
  };
  const pause = (): void => {
    if (running === null) return;
    running.stop();
    running = null;
    keep();
    draw();
  };
  const play = (): void => {
    running?.stop();
    if (shown === null) return;
    const { day } = shown;
    if (at === null || at >= day.until) move(day.from);
    running = isStill() ? stepping() : gliding();
    draw();
  };
  const on = (elapsedMs: number): void => {
    move(advanced(at ?? 0, elapsedMs, Number(speed)));
    if (shown !== null && at !== null && at >= shown.day.until) pause();
  };
  const gliding = (): { stop(): void } => {
    let last = performance.now();
    const frame = (now: number): void => {
      asked = requestAnimationFrame(frame);
      const elapsed = now - last;
      last = now;
      on(elapsed);
    };
    let asked = requestAnimationFrame(frame);
    return { stop: () => { cancelAnimationFrame(asked); } };
  };
  /** With less motion it stands still for as long as a quarter takes, and then stands a quarter on. */
  const stepping = (): { stop(): void } => {
    const ms = QUARTER / Number(speed);
    const timer = setInterval(() => { on(ms); }, ms);
    return { stop: () => { clearInterval(timer); } };
  };

  const draw = (): void => {
    if (shown === null) return;
    const { state, day } = shown;
    const t = catalogue(state.lang).day;
    setText(toggle, running === null ? t.play : t.pause);
    setAttr(toggle, "aria-pressed", String(running !== null));
    speeds.update(t.speed, { "60": "60×", "300": "300×" }, speed);
    setAttr(slider, "min", String(day.from / 1000));
    setAttr(slider, "max", String(Math.ceil(day.until / 1000)));
    slider.value = String(Math.round((at ?? day.from) / 1000));
    setAttr(slider, "aria-label", t.cursor);
    setText(time, at === null ? "" : hourMinute(state.lang, at));
    const instant = at === null ? null : atInstant(day, at);
    figures.update(state, instant);
    setAttr(slider, "aria-valuetext", instant === null ? t.notPut : figures.words());
  };

  return {
    node,
    at: () => at,
    put: (to) => {
      pause();
      move(to);
      keep();
    },
    stop: () => { pause(); },
    follow: (told) => { followers.add(told); },
    update(state) {
      const day = isDrawn(state) ? dayOfState(state) : null;
      show(node, day !== null);
      const isOther = shown !== null && (shown.state.view.site !== state.view.site || dayInForce(shown.state) !== dayInForce(state));
      if (isOther) {
        running?.stop();
        [running, at, said] = [null, null, ""];
      }
      if (day === null) return;
      shown = { state, day };
      if (running === null && state.view.at !== said) {
        said = state.view.at;
        at = said === "" ? null : clamped(day, dayBegin(dayInForce(state)) + (Number(said.slice(0, 2)) * 60 + Number(said.slice(3))) * 60_000);
      }
      draw();
      for (const told of followers) told();
    },
  };
}
