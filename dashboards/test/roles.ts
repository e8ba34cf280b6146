/** Each role's rights as `GET /session` of the server tells them (`api/src/doors/right.rs`), and the pages that are open to it. */
import type { Access, Scope } from "../src/signin/access.ts";
import type { PageName } from "../src/signin/pages.ts";

interface Granted {
  readonly access: Access;
  readonly open: readonly PageName[];
}

const granted = (rights: string, open: readonly PageName[], scope: Scope = {}): Granted => {
  const reach = scope.sites || scope.agencies ? "scoped" : "allowed";
  return { access: { rights: Object.fromEntries(rights.split(" ").map((right) => [right, right === "see_map" ? "allowed" : reach])), scope }, open: open.includes("guide") ? open : [...open, "guide"] };
};

const ALL: readonly PageName[] = ["room", "wall", "alerts", "dossier", "dossiers", "agencies", "index", "scorecard", "registers", "watching", "planner", "briefing", "day", "compare", "guide"];
const OF_FIGURES: readonly PageName[] = ["room", "agencies", "index", "scorecard", "registers"];

export const pages = {
  supervisor: granted("see_map see_figures see_dossiers see_alerts act_on_alerts try_rules enter plan query see_health", ALL),
  shift_lead: granted("see_map see_figures see_dossiers see_alerts act_on_alerts try_rules change_rules enter plan query see_health", ALL),
  planner: granted("see_map see_figures plan save_plans", [...OF_FIGURES, "planner", "briefing", "day", "compare"]),
  leader: granted("see_map see_figures see_dossiers see_alerts plan", ALL),
  unit_officer: granted("see_map see_figures see_dossiers see_alerts act_on_alerts enter", ["room", "alerts", "dossier", "dossiers", "agencies", "day", "compare"], { sites: ["00004"] }),
  agency_liaison: granted("see_map see_figures see_dossiers see_alerts act_on_alerts enter", ["alerts", "dossier", "dossiers", "agencies"], { agencies: ["dept/justice"] }),
  operator: granted("see_map see_figures see_health operate metrics", [...OF_FIGURES, "briefing", "day", "compare"]),
  auditor: granted("see_map see_figures see_dossiers see_alerts try_rules plan query see_health audit", ALL),
  display: granted("see_map see_figures see_alerts", ["room", "wall", "alerts", "agencies", "index", "scorecard", "registers", "briefing", "day", "compare"]),
} as const;

/** A bounded account of a whole-city role, with units. */
export const unitBound: Access = { rights: pages.display.access.rights, scope: { units: ["u1"] } };
