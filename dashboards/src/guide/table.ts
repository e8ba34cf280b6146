/**
 * The one table of figures: of each, its family, its target's basis, the pages that show it and the interface that gives it. Its words
 * (name, how it is computed, source, sample) are in `i18n/explain/`, by the same id; `test/guide.test.ts` holds the two together.
 */
import type { Catalogue } from "../i18n/vi.ts";

export type FigureId = keyof Catalogue["guide"]["figures"];
export type BasisId = keyof Catalogue["guide"]["bases"];
export type Family = keyof Catalogue["guide"]["families"];

interface Entry {
  readonly family: Family;
  /** Where its target is written; nothing where no text sets one. */
  readonly basis?: BasisId | undefined;
  /** Addresses of pages, the first where it is looked for first. */
  readonly shown: readonly string[];
  /** Interfaces under `/api/v1`, or a topic of `/ws`. */
  readonly api: string;
  /** How it is asked, where that is not `GET`. */
  readonly method?: "POST";
}

const ROOM = ["#/", "#/wall", "#/day", "#/compare"];
const CITY = "/ws: city (figures)";
const AGENCIES = ["#/agencies", "#/dossiers"];
const QUALITY = { family: "alert", basis: "alarms", shown: ["#/alerts?show=quality"], api: "/alerts/quality" } as const;
const PLAN = { family: "plan", shown: ["#/planner"] } as const;
const INDEX = { family: "score", basis: "index", shown: ["#/index"], api: "/index766" } as const;

export const FIGURES: Readonly<Record<FigureId, Entry>> = {
  wait_day: { family: "queue", basis: "wait", shown: ["#/", "#/day", "#/compare", "#/briefing", "#/scorecard"], api: "/visits" },
  wait_hour: { family: "queue", basis: "wait", shown: ["#/", "#/wall"], api: CITY },
  wait_p90: { family: "queue", shown: ["#/", "#/day"], api: "/visits" },
  over_15min: { family: "queue", shown: ["#/", "#/day", "#/compare", "#/briefing", "#/scorecard"], api: "/visits" },
  waiting: { family: "queue", shown: ["#/", "#/wall"], api: CITY },
  longest_wait: { family: "queue", shown: ["#/", "#/wall"], api: CITY },
  open_counters: { family: "queue", shown: ["#/"], api: CITY },
  transaction: { family: "queue", basis: "transaction", shown: ["#/", "#/day", "#/compare", "#/briefing"], api: "/visits" },
  visits: { family: "queue", shown: ["#/day", "#/", "#/briefing"], api: "/visits" },
  points: { family: "queue", shown: ["#/", "#/wall"], api: CITY },
  site_state: { family: "queue", shown: ["#/", "#/wall"], api: "/ws: city (site/{id})" },
  attention: { family: "queue", shown: ["#/", "#/wall"], api: "/ws: city (site/{id})" },
  board_waiting: { family: "queue", shown: ["#/day", "#/"], api: "/boards" },
  board_counters: { family: "queue", shown: ["#/day", "#/"], api: "/boards" },
  forecast_wait: { family: "queue", shown: ["#/"], api: "/sites/{id}/outlook" },
  forecast_queue: { family: "queue", shown: ["#/"], api: "/sites/{id}/outlook" },
  forecast_counters: { family: "queue", shown: ["#/"], api: "/sites/{id}/outlook" },
  as_of: { family: "queue", shown: ROOM, api: CITY },
  received: { family: "queue", shown: ["#/"], api: "/ws: city (source)" },

  overdue: { family: "dossier", basis: "overdue", shown: ["#/", "#/wall", ...AGENCIES, "#/briefing"], api: "/dossiers" },
  due_today: { family: "dossier", shown: ["#/", "#/wall", "#/dossiers"], api: CITY },
  in_progress: { family: "dossier", shown: ["#/agencies", "#/"], api: "/backlog" },
  due_soon: { family: "dossier", shown: ["#/agencies"], api: "/backlog" },
  paused: { family: "dossier", shown: AGENCIES, api: "/backlog" },
  no_due_date: { family: "dossier", shown: AGENCIES, api: "/backlog" },
  awaiting_acceptance: { family: "dossier", shown: ["#/agencies"], api: "/backlog" },
  on_time: { family: "dossier", basis: "on_time", shown: ["#/briefing", "#/scorecard"], api: "/dossiers" },
  supplement_twice: { family: "dossier", basis: "supplement", shown: ["#/briefing", "#/scorecard"], api: "/dossiers" },
  digitised: { family: "dossier", basis: "digitised", shown: ["#/briefing", "#/scorecard"], api: "/dossiers" },
  acknowledged: { family: "dossier", basis: "acknowledged", shown: ["#/briefing", "#/scorecard"], api: "/duties" },
  backlog_age: { family: "dossier", shown: ["#/agencies"], api: "/backlog" },
  satisfaction: { family: "dossier", basis: "satisfied", shown: [...ROOM, "#/briefing", "#/scorecard"], api: "/ratings" },
  feedback: { family: "dossier", basis: "petition", shown: ["#/briefing", "#/scorecard"], api: "/feedback" },

  alerts_open: { family: "alert", shown: ["#/alerts", "#/wall"], api: "/alerts" },
  alerts_priority: QUALITY,
  alerts_per_hour: QUALITY,
  alerts_flood: QUALITY,
  alerts_acknowledge: { ...QUALITY, basis: undefined },
  alerts_without_action: { ...QUALITY, basis: undefined },
  alerts_standing: { ...QUALITY, basis: undefined },

  covered: { ...PLAN, basis: "covered", shown: ["#/planner", "#/", "#/briefing"], api: "/coverage" },
  far: { ...PLAN, api: "/coverage" },
  gaps: { ...PLAN, api: "/coverage/gaps" },
  reach_hours: { ...PLAN, api: "/coverage/hours" },
  reach_bus: { ...PLAN, api: "/coverage/bus" },
  door_to_desk: { ...PLAN, api: "/coverage/queue" },
  equity: { ...PLAN, api: "/coverage/equity" },
  siting: { ...PLAN, api: "/siting", method: "POST" },
  reach_groups: { ...PLAN, api: "/coverage/groups", method: "POST" },

  index_total: INDEX,
  index_official: INDEX,
  index_at_risk: INDEX,
  index_1: INDEX,
  index_2: INDEX,
  index_3a: INDEX,
  index_3b: INDEX,
  index_4: INDEX,
  index_5: INDEX,
  score: { family: "score", basis: "criteria", shown: ["#/scorecard"], api: "/scorecard" },
  rank: { family: "score", shown: ["#/scorecard"], api: "/scorecard" },
  known_weight: { family: "score", shown: ["#/scorecard"], api: "/scorecard" },
  productivity: { family: "score", basis: "norms", shown: ["#/scorecard?show=productivity"], api: "/scorecard" },
  town_country: { family: "score", shown: ["#/scorecard?show=equity"], api: "/scorecard" },
  baselines: { family: "score", shown: ["#/scorecard?show=baselines"], api: "/baselines" },
  briefing: { family: "score", shown: ["#/briefing"], api: "/briefings/{span}" },
  odd_data: { family: "score", shown: ["#/watching"], api: "/quality" },
  signs: { family: "score", shown: ["#/watching?show=integrity"], api: "/integrity" },
  tasks: { family: "score", shown: ["#/registers"], api: "/tasks" },
  training: { family: "score", shown: ["#/registers?show=training"], api: "/training" },
  sessions: { family: "score", shown: ["#/registers?show=sessions"], api: "/sessions" },
};

export const IDS = Object.keys(FIGURES) as readonly FigureId[];

export const idOf = (text: string): FigureId | null => IDS.find((id) => id === text) ?? null;
