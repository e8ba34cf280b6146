import "./fonts.css";
import "./tokens.css";
import "./base.css";
import "./room/supervision/room.css";
import "./room/dossier/dossier.css";
import "./room/pages/pages.css";
import "./room/index/index.css";
import "./room/dossiers/dossiers.css";
import "./room/agencies/agencies.css";
import "./room/pages/parts.css";
import "./room/scorecard/scorecard.css";
import "./room/registers/registers.css";
import "./room/watching/watching.css";
import "./room/desk/desk.css";
import "./room/planner/planner.css";
import "./room/briefing/briefing.css";
import "./room/wall/wall.css";
import "./room/charts/charts.css";
import "./room/day/day.css";
import "./room/search/search.css";
import "./room/frame/frame.css";
import "./room/closed/closed.css";
import "./guide/guide.css";
import "./signin/signin.css";
import { openExplanations } from "./guide/dialog.ts";
import { openGuide } from "./guide/page.ts";
import { toldSimulated } from "./guide/simulated.ts";
import { openTour } from "./guide/tour.ts";
import { openLine } from "./live/line.ts";
import { openAgencies } from "./room/agencies/page.ts";
import { openBriefing } from "./room/briefing/page.ts";
import { openClosed, openClosedRoom } from "./room/closed/page.ts";
import { openCompare } from "./room/compare/page.ts";
import { openDay } from "./room/day/page.ts";
import { openDesk } from "./room/desk/page.ts";
import { openDossiers } from "./room/dossier/page.ts";
import { openDossierList } from "./room/dossiers/page.ts";
import { openIndex } from "./room/index/page.ts";
import { openPlanner } from "./room/planner/page.ts";
import { followShort } from "./room/planner/route.ts";
import { openRegisters } from "./room/registers/page.ts";
import { openScorecard } from "./room/scorecard/page.ts";
import { openSearch } from "./room/search/search.ts";
import { openRoom } from "./room/supervision/room.ts";
import { openWall } from "./room/wall/page.ts";
import { openWatching } from "./room/watching/page.ts";
import { access, come } from "./signin/access.ts";
import { land } from "./signin/land.ts";
import { PAGES, mayOpen } from "./signin/pages.ts";
import type { PageName } from "./signin/pages.ts";
import { openSocket } from "./signin/socket.ts";
import { keepSession, signIn, signedInBar, untilReached } from "./signin/page.ts";

async function start(root: HTMLElement): Promise<void> {
  const session = await signIn(root);
  come(session);
  land(access(), session);
  followShort();
  const line = openLine(openSocket);
  const over = document.body;
  const simulated = toldSimulated();
  const pages: Readonly<Record<Exclude<PageName, "room">, () => void>> = {
    dossier: () => { openDossiers(over, root); },
    index: () => { openIndex(over, root); },
    dossiers: () => { openDossierList(over, root); },
    agencies: () => { openAgencies(over, root); },
    scorecard: () => { openScorecard(over, root); },
    registers: () => { openRegisters(over, root); },
    watching: () => { openWatching(over, root); },
    alerts: () => { openDesk(over, root, line); },
    wall: () => { openWall(over, root, line); },
    planner: () => { openPlanner(over, root); },
    briefing: () => { openBriefing(over, root); },
    day: () => { openDay(over, root, line); },
    compare: () => { openCompare(over, root, line); },
    guide: () => { openGuide(over, root, simulated); },
  };
  if (mayOpen(access(), "room")) openRoom(root, line);
  else openClosedRoom(root, session);
  for (const page of PAGES) {
    if (page === "room") continue;
    if (mayOpen(access(), page)) pages[page]();
    else openClosed(page, over, root, session);
  }
  openSearch(over, line);
  openExplanations(over);
  openTour(over, simulated);
  line.start();
  keepSession(session);
  if (session.isUnreached === true) untilReached();
  const bar = signedInBar(session);
  if (bar !== null) over.append(bar);
}

/** The shell of the page stays on this machine: it opens while the server is away, and says so. Not while it is developed. */
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  window.addEventListener("load", () => { void navigator.serviceWorker.register("/sw.js").catch(() => undefined); });
}

const root = document.getElementById("app");
if (root) void start(root);
