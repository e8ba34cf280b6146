/** What figures of reach, the index, scorecards and registers are, in English. */
import type { planFigures as viPlan, scoreFigures as vi } from "./plan.vi.ts";

export const planFigures: typeof viPlan = {
  covered: {
    name: "People within reach",
    what: "People, and their share of the legal population, in cells from whose centre the nearest point takes under 30 minutes by motorbike or lies at most 5 km away in a straight line. Mode, minutes, kilometres and kinds of points can be chosen; kiosks are left out unless chosen.",
    source: "H3 cells of the geographic pack, OpenStreetMap's roads, the points that are open. Speeds are settings and not measured.",
    sample: "All people of the pack. Which pack and how many points is always said.",
  },
  far: {
    name: "People far from roads, approximate",
    what: "People in cells whose way off the road network is over 1 km. Their minutes are approximate and marked wherever they are shown.",
    source: "The pack's roads, which are coarse.",
    sample: "All people of the pack.",
  },
  gaps: {
    name: "Places out of reach",
    what: "Cells out of reach that touch are one place, across units; most people first. Its name is its most populous unit and the side of the seat on which it lies.",
    source: "As people within reach.",
    sample: "Every cell with people out of reach.",
  },
  reach_hours: {
    name: "Reach by the hour",
    what: "People who reach an open point at each quarter of an hour of the week, and hours a week averaged over people.",
    source: "Hours that points have published; elsewhere the working calendar, which the page says.",
    sample: "All people; how many points published hours is said.",
  },
  reach_bus: {
    name: "Reach by bus",
    what: "People who arrive under the chosen minutes on foot and by at most three buses, over every minute of leaving in the window: at a tenth, a half and nine tenths of the departures.",
    source: "The public timetable of 2018, the newest that was found; from 9:30 to 18:58. It is not today's network.",
    sample: "All people. Where the window lies beyond the timetable the page says that only walking counts.",
  },
  door_to_desk: {
    name: "From the door to being served",
    what: "Minutes of the way and of the wait expected, at the point where both together are least. The wait is a forecast where that is better than guessing, else the last hour's mean, else the queue.",
    source: "The travel model and the queues now.",
    sample: "People in cells where the wait is known. Elsewhere it is the way alone, which is said.",
  },
  equity: {
    name: "How evenly points are reached",
    what: "Mean minutes, minutes of the tenth who are farthest, and the Gini index of minutes: 0 is all alike. With it, how far the share within reach moves when speeds are 20 % faster or slower.",
    source: "As people within reach.",
    sample: "People in cells that a road leads to.",
  },
  siting: {
    name: "People gained by placing points",
    what: "Of the candidate places, the best set found, the people that each adds, and the bound that no choice can beat. A gap of 0 is proven best.",
    source: "As people within reach; candidates are a list given, or one cell in each 5 km².",
    sample: "All people. It is computed and not surveyed.",
  },
  reach_groups: {
    name: "Reach of a group",
    what: "Of a list of people by commune or cell that the reader gives: the share within reach, mean minutes, and those that nine tenths do not exceed.",
    source: "The list given, which is not kept, and the travel model.",
    sample: "The list's whole weight; lines that cannot be used are told.",
  },
};

export const scoreFigures: typeof vi = {
  index_total: {
    name: "Index 766: total, estimated",
    what: "Points of the indicators that are known, out of what those can give. What is not known is not 0: the page tells the span from the points at hand to those if all that is unknown were met. It is the system's estimate and not the official score.",
    source: "Events of dossiers, petitions and ratings in the period; what no event tells is entered by people with its source.",
    sample: "Numerator and denominator of each indicator. With none known it says no data.",
  },
  index_official: {
    name: "Index 766: official and published",
    what: "The national portal's score, entered by people with its source; beside the estimate and never mixed with it. A published total and the sum of its groups may differ in the source, and both are kept.",
    source: "Entered by people; July 2024 by the scheme, L797–808.",
    sample: "Where nobody has entered it, that is said.",
  },
  index_at_risk: {
    name: "Dossiers that will cost points",
    what: "Dossiers in progress and in time that fall due before the period ends: once overdue they cost points of indicator 2.1.",
    source: "Events of dossiers.",
    sample: "Exact.",
  },
  index_1: {
    name: "Group 1: transparency",
    what: "At most 18 points: procedures published in time 6, updated in time 4, with full content 2, dossiers synchronised 6.",
    source: "The first three are entered by people with their source; synchronisation comes of events and the portal's count.",
    sample: "Numerator and denominator of each; what is missing does not count.",
  },
  index_2: {
    name: "Group 2: progress of settlement",
    what: "At most 20 points: 20 times the share of dossiers in time or not yet due. One asked twice for supplements counts as late.",
    source: "Events of dossiers.",
    sample: "Dossiers settled in the period and those open at its end.",
  },
  index_3a: {
    name: "Group 3A: online services",
    what: "At most 12 points. By the sheet of 2026 one share of dossiers filed wholly online. Before: procedures offered online 2, used 4, dossiers filed online 6.",
    source: "The channel in events of dossiers; the list of procedures.",
    sample: "Dossiers received in the period.",
  },
  index_3b: {
    name: "Group 3B: online payment",
    what: "At most 10 points. By the sheet of 2026 one share of dossiers paid online. Before: procedures with online payment 2, used 2, dossiers 6. Dossiers whose fees are all zero are left out.",
    source: "Event dossier.paid and the list of procedures with a fee.",
    sample: "Dossiers received in the period of which a fee is due.",
  },
  index_4: {
    name: "Group 4: digitisation",
    what: "At most 22 points: electronic results 6, digitised at reception and settlement 4, reused 2, personal store 4, population data 2 + 2, electronic certified copies 2.",
    source: "Events of dossiers; of the personal store only what was taken is seen, which is a lower bound.",
    sample: "Numerator and denominator of each indicator.",
  },
  index_5: {
    name: "Group 5: satisfaction",
    what: "At most 18 points: petitions in time 6, satisfaction with answers 6, with reception and settlement 6 (full from 90 % on).",
    source: "Events of petitions, ratings and dossiers.",
    sample: "Petitions and dossiers of the period. Without petitions their two indicators have all points.",
  },
  score: {
    name: "Score of the scorecard",
    what: "The mean of the groups of criteria that are known, of nine, by weights, on a scale of 100, with a 95 % interval. Weights are a setting; until somebody sets them all are equal.",
    source: "Figures computed from events, and criteria judged by people with a source.",
    sample: "The sample of each criterion. A group without data is not 0.",
  },
  rank: {
    name: "Rank",
    what: "By the lower end of the score, so that few samples are no gain; in brackets the ranks that the intervals allow.",
    source: "The score of the scorecard.",
    sample: "With under half of the weights known there is no rank.",
  },
  known_weight: {
    name: "Share of weights known",
    what: "The weight of the groups with data. The lower it is, the less sure the score.",
    source: "The nine groups of criteria.",
    sample: "Always there.",
  },
  productivity: {
    name: "Productivity against the norm",
    what: "Dossiers received by one officer, as for a whole year, against the norm of the area. A point that receives less in a year than one officer's norm is exempt.",
    source: "Event dossier.accepted, and the officers entered by people.",
    sample: "Dossiers of the period; the shorter, the coarser. Without officers entered it is not computed.",
  },
  town_country: {
    name: "Town and country",
    what: "Waits, dossiers in time and satisfaction in town beside the country, and how points differ: p10, p50, p90.",
    source: "As the figures themselves.",
    sample: "Points with a sample. With too few it is empty.",
  },
  baselines: {
    name: "Published indices of the city",
    what: "SIPAS, PAR INDEX and PCI by year: rank and score as published. The system does not compute them.",
    source: "The scheme, and entries by people with their source.",
    sample: "A year without any is empty.",
  },
  briefing: {
    name: "The leadership's briefing",
    what: "Figures of a week, month or quarter against their targets and the period before. Each table has its definitions and the query to check it; a period that is over does not change while it is read.",
    source: "The same figures as the rooms, computed for the period.",
    sample: "Samples stand in each table. Changes on too small a sample are not told.",
  },
  odd_data: {
    name: "Readings that had to be used",
    what: "How often an odd course of a dossier was read by a documented rule, with examples. Absence from the list does not mean that nothing is wrong.",
    source: "All events of dossiers in the chosen days.",
    sample: "Dossiers to which something happened.",
  },
  signs: {
    name: "Signs to be asked about",
    what: "Signs that data may have been massaged, such as a due date moved without a reason or ratings crowded into a minute. Each is a question to the unit and no verdict.",
    source: "Events of dossiers and ratings.",
    sample: "Dossiers and ratings looked at; with a list to check against.",
  },
  tasks: {
    name: "Tasks of the plans",
    what: "Tasks done, under way and overdue. A task stands as last reported in time.",
    source: "The plans that ship, event task.reported, and entries by people with evidence.",
    sample: "Where nobody has reported, that is said.",
  },
  training: {
    name: "Training",
    what: "The share of a unit's staff who have attended a subject.",
    source: "Event training.attended, and the staff entered by people.",
    sample: "The unit's staff. Until they are entered there is no share.",
  },
  sessions: {
    name: "Mobile sessions kept",
    what: "Sessions published against sessions held. Opened within it, or with visits or dossiers in it, a session is kept.",
    source: "Events site.scheduled and site.opened, and what the point did.",
    sample: "Sessions published.",
  },
};
