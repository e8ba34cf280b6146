/** The head of the room: whose it is, what time the city has, whether it is real, and whether it is live; the ways to the pages. */
import { catalogue } from "../../i18n/index.ts";
import { NONE, clockTime, fullDate } from "../../i18n/format.ts";
import type { Phase } from "../../live/client.ts";
import { access } from "../../signin/access.ts";
import { mayGo } from "../../signin/pages.ts";
import { h, setAttr, setText, show, svg } from "../../ui/dom.ts";
import { callOf, deskLink } from "../desk/words.ts";
import { frameTools } from "../frame/tools.ts";
import { viewAge } from "./state.ts";
import type { Part, RoomState } from "./state.ts";

/** For how long a loss made good is still spoken of. */
const CAUGHT_UP_MS = 6_000;

function mark(): SVGElement {
  const line = "M3 9.2 12 4l9 5.2M6.2 9.2v4.3h11.6V9.2M8 13.5 6.6 21M16 13.5 17.4 21M7.4 17h9.2M12 4V2";
  return svg("svg", { viewBox: "0 0 24 24", class: "mark", "aria-hidden": "true" }, svg("path", { d: line }));
}

function connectionWords(state: RoomState): string {
  const t = catalogue(state.lang);
  const words: Record<Phase, string> = {
    connecting: t.connecting,
    catching_up: t.catchingUp,
    live: t.live,
    reconnecting: t.reconnecting,
  };
  const { phase, recoveredAt } = state.link;
  const justBack = phase === "live" && recoveredAt !== null && state.now - recoveredAt < CAUGHT_UP_MS;
  return justBack ? t.caughtUp : words[phase];
}

export function header(): Part {
  const app = h("h1", { class: "app-name" });
  const room = h("p", { class: "room-name" });
  const org = h("p", { class: "org-name" });
  const simulated = h("p", { class: "simulated", attrs: { "data-testid": "simulated" } });

  const words = h("span", { attrs: { role: "status", "aria-live": "polite" } });
  const age = h("span", { class: "quiet connection-age" });
  const connection = h("div", { class: "connection", attrs: { "data-testid": "connection" } },
    h("span", { class: "connection-dot" }), words, age);

  const time = h("time", { class: "clock-time", attrs: { "data-testid": "clock" } });
  const day = h("span", { class: "clock-date" });
  const kind = h("span", { class: "clock-kind quiet" });
  const clock = h("div", { class: "clock" }, time, h("div", { class: "clock-lines" }, day, kind));

  const wall = h("a", { class: "head-link", attrs: { href: "#/wall", "data-testid": "to-wall" } });
  const alerts = h("a", { class: "head-link", attrs: { href: "#/alerts", "data-testid": "to-alerts" } });
  const dossiers = h("a", { class: "head-link", attrs: { href: "#/dossier", "data-testid": "to-dossiers" } });
  const index = h("a", { class: "head-link", attrs: { href: "#/index", "data-testid": "to-index" } });
  const list = h("a", { class: "head-link", attrs: { href: "#/dossiers", "data-testid": "to-dossier-list" } });
  const agencies = h("a", { class: "head-link", attrs: { href: "#/agencies", "data-testid": "to-agencies" } });
  const scorecard = h("a", { class: "head-link", attrs: { href: "#/scorecard", "data-testid": "to-scorecard" } });
  const registers = h("a", { class: "head-link", attrs: { href: "#/registers", "data-testid": "to-registers" } });
  const watching = h("a", { class: "head-link", attrs: { href: "#/watching", "data-testid": "to-watching" } });
  const planner = h("a", { class: "head-link", attrs: { href: "#/planner", "data-testid": "to-planner" } });
  const briefing = h("a", { class: "head-link", attrs: { href: "#/briefing", "data-testid": "to-briefing" } });
  // Who is in does not change while the page stands: what is not open to them is not there.
  for (const link of [wall, alerts, dossiers, list, agencies, index, scorecard, registers, watching, planner, briefing]) show(link, mayGo(access(), link.getAttribute("href") ?? ""));
  const links = h("nav", { class: "head-links" }, wall, alerts, dossiers, list, agencies, index, scorecard, registers, watching, planner, briefing);

  const tools = frameTools();
  const node = h("header", { class: "head" },
    h("div", { class: "head-name" }, mark(), app, h("div", { class: "head-room" }, room, org)),
    links, simulated, connection, clock, tools.node);

  return {
    node,
    update(state) {
      const t = catalogue(state.lang);
      setText(app, t.app);
      setText(room, t.room);
      setText(org, t.org);
      setText(wall, t.wall.link);
      setText(alerts, deskLink(state.lang, state.alerts?.desk ?? null));
      setAttr(alerts, "data-calls", callOf(state.alerts?.desk ?? null));
      setText(dossiers, t.dossiers);
      setText(list, t.dossierList.link);
      setText(agencies, t.agencyPage.link);
      setText(index, t.index766.link);
      setText(scorecard, t.scorecard.link);
      setText(registers, t.registers.link);
      setText(watching, t.watching.link);
      setText(planner, t.planner.link);
      setText(briefing, t.briefing.link);
      const clockView = state.city?.clock ?? null;
      show(simulated, clockView?.simulated === true);
      setText(simulated, t.simulated);
      setAttr(simulated, "title", t.simulatedHint);

      setAttr(connection, "data-state", state.link.phase);
      setText(words, connectionWords(state));
      // A ticking age is kept out of the live region: it would be read out every second.
      setText(age, viewAge(state));

      setText(time, clockTime(state.lang, state.asOf));
      setAttr(time, "datetime", state.asOf ?? "");
      setText(day, state.asOf === null ? NONE : fullDate(state.lang, state.asOf));
      setText(kind, clockView?.mode === "events" ? t.eventClock : t.wallClock);

      tools.update(state.lang);
    },
  };
}
