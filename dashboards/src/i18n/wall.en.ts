/** The words of the wall, in English. */
import type { Catalogue } from "./vi.ts";
import { several } from "./plural.ts";

const alerts = (n: string): string => several(n, "alert");
const highAlerts = (n: string): string => several(n, "high alert");

export const wall: Catalogue["wall"] = {
  link: "Wall",
  title: "The city at a glance",
  full: "Full screen (key f)",
  leaveFull: "Leave full screen (key f)",

  states: { calm: "Calm", attention: "Attention", trouble: "Trouble", unknown: "Not known" },
  lost: "Connection lost",
  lostSince: (time, age) => `All figures stand at ${time}, ${age} ago. Connecting again by itself.`,
  lostNever: "The server has not been reached yet. Trying again by itself.",
  waiting: "Waiting for the first figures.",
  notHeard: "No point has sent anything today.",
  noDesk: "Alerts cannot be read from this server.",
  causes: {
    high_new: (_exact, n) => `${highAlerts(n)} in nobody's hands`,
    high: (_exact, n) => `${highAlerts(n)} standing`,
    fresh: (_exact, n) => `${alerts(n)} in nobody's hands`,
    late: () => "data is late",
    silent: (_exact, n) => `${several(n, "point")} silent in their hours`,
    unheard: (_exact, n) => `${several(n, "point")} not heard today`,
  },
  someHigh: (all, high) => `${several(all, "alert")} in nobody's hands, ${high} of them high`,
  calm: "No high alert, no alert waits for anybody, data is on time.",

  nobody: "Nobody has it",
  nobodyCalm: "Every alert is in somebody's hands",
  more: (n) => `and ${n} more`,
  unknown: "no data",

  lately: "Last ten minutes",
  since: (time) => `watched since ${time}`,
  nothingSince: (time) => `Nothing has changed since ${time}`,
  notSince: "not watched yet",
  kinds: { raised: "new", taken: "in hand", gone: "gone", over: "over the limit", under: "within the limit" },
  tally: ({ raised, taken, gone, over }) => `${raised} new · ${taken} taken · ${gone} gone · ${over} over`,
  meanWait: (minutes) => `mean wait ${minutes} min`,

  figures: {
    waiting: "Waiting",
    wait_hour: "Mean wait, last hour",
    points: "Open points",
    overdue: "Dossiers overdue",
    due_today: "Due today",
    satisfaction: "Satisfied",
  },
  people: "people",
  ofAll: (n) => `/ ${n}`,
  heard: (n) => `${n} heard`,
  ofDossiers: (n) => `of ${several(n, "dossier")}`,
  atMost: (n) => `≤ ${n} min`,
  atLeast: (share) => `≥ ${share}`,
  judged: (target, verdict) => `${target}: ${verdict}`,
  old: (age) => `OLD ${age}`,
  now: "just now",

  points: "Service points",
  pointsCalm: "No point is over the limit or silent",
  pointsOver: (n) => `${n} over the limit`,

  fresh: {
    asOf: (time) => `Data of ${time}`,
    silent: (n) => `${several(n, "point")} silent`,
    never: (n) => `${n} not heard today`,
    evaluated: (time) => `alerts evaluated ${time}`,
    notEvaluated: "alerts not evaluated yet",
  },
};
