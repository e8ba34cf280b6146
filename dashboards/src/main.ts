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
import { openLine } from "./live/line.ts";
import { openAgencies } from "./room/agencies/page.ts";
import { openDesk } from "./room/desk/page.ts";
import { openDossiers } from "./room/dossier/page.ts";
import { openDossierList } from "./room/dossiers/page.ts";
import { openIndex } from "./room/index/page.ts";
import { openRegisters } from "./room/registers/page.ts";
import { openScorecard } from "./room/scorecard/page.ts";
import { openRoom } from "./room/supervision/room.ts";
import { openWatching } from "./room/watching/page.ts";

const root = document.getElementById("app");
if (root) {
  const line = openLine();
  openRoom(root, line);
  openDossiers(document.body, root);
  openIndex(document.body, root);
  openDossierList(document.body, root);
  openAgencies(document.body, root);
  openScorecard(document.body, root);
  openRegisters(document.body, root);
  openWatching(document.body, root);
  openDesk(document.body, root, line);
  line.start();
}
