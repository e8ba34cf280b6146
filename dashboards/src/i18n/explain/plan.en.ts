/** What figures of reach, the index, scorecards and registers are, in English. */
import type { planFigures as viPlan, scoreFigures as vi } from "./plan.vi.ts";

export const planFigures: typeof viPlan = {
  covered: {
    name: "People within reach",
    what: "People, and their share of all (by the official population of wards and communes), in cells from whose centre the nearest point takes under 30 minutes by motorbike or lies at most 5 km away in a straight line. Mode, minutes, kilometres and kinds of points can be chosen; kiosks are left out unless chosen.",
    source: "H3 cells of the geographic pack, OpenStreetMap's roads, the points in operation by the pack, whatever the hour. Speeds are settings and not measured.",
    sample: "All people of the pack. In the planner's room the pack and the number of points are said.",
  },
  far: {
    name: "People far from roads, approximate",
    what: "People in cells whose centre is over 1 km from the road network in a straight line. Their minutes are approximate and marked wherever they are shown.",
    source: "The pack's roads, which are coarse.",
    sample: "All people of the pack.",
  },
  gaps: {
    name: "Places out of reach",
    what: "Cells with people out of reach that touch are one place, across units; most people first. Its name is the unit that has most of its people, and the side of that unit's seat on which it lies.",
    source: "As people within reach.",
    sample: "Every cell with people out of reach.",
  },
  reach_hours: {
    name: "Reach by the hour",
    what: "People who reach an open point in each 15 minutes of the chosen week, and hours a week averaged over people.",
    source: "Hours that points have published; elsewhere the working calendar, which the page says.",
    sample: "All people; how many points published hours is said.",
  },
  reach_bus: {
    name: "Reach by bus",
    what: "People who arrive under the chosen minutes on foot and by at most three buses, with at most 1.5 km on foot to or from a stop, over every minute of leaving in the window: at a tenth, a half and nine tenths of the departures.",
    source: "The public timetable of 2018, the newest that was found; from 9:30 to 18:58. It is not today's network.",
    sample: "All people. Where the window lies beyond the timetable the page says that only walking counts.",
  },
  door_to_desk: {
    name: "From the door to being served",
    what: "Minutes of the way and of the wait expected, at the point where both together are least. The wait is a forecast where that is better than guessing, else the median of the last hour from 10 waits on, else reckoned from the queue, the counters and the transactions.",
    source: "The travel model and the queues now.",
    sample: "People in cells where the wait is known. Elsewhere it is the way alone, which is said.",
  },
  equity: {
    name: "How evenly points are reached",
    what: "Mean minutes, mean minutes of the tenth who are farthest, and the Gini index of minutes: 0 is all alike. With it, how far the share within reach moves when speeds are up to 20 % slower or faster and the ways off the roads wind less or more.",
    source: "As people within reach.",
    sample: "All people of the pack.",
  },
  siting: {
    name: "People gained by placing points",
    what: "Of the candidate places, the best set found, the people that each adds, and the bound that no choice can beat. A gap of 0 is proven best.",
    source: "As people within reach; candidates are a list given, or of each 5 km² the cell with most people.",
    sample: "All people. It is computed and not surveyed.",
  },
  reach_groups: {
    name: "Reach of a group",
    what: "Of a list of people by commune or cell that the reader gives: the share within reach, mean minutes, and those that nine tenths do not exceed. The people of a commune are spread over its cells as all its people are.",
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
    what: "The national portal's score, entered by people with its source; beside the estimate and never mixed with it. The total that was published and the sum of the groups may differ, and both are kept.",
    source: "Entered by people; the score of July 2024 is the scheme's, L797–808.",
    sample: "Where nobody has entered it, that is said.",
  },
  index_at_risk: {
    name: "Dossiers that will cost points",
    what: "Dossiers in progress and in time that fall due before the period ends: once overdue they cost points of indicator 2.1. Left out: those whose clock stands, and those asked twice for supplements, which cost points already.",
    source: "Events of dossiers.",
    sample: "Exact.",
  },
  index_1: {
    name: "Group 1: transparency",
    what: "At most 18 points: procedures published in time 6, updated in time 4, with full content 2, dossiers synchronised 6.",
    source: "No event tells these: all four are entered by people with their source.",
    sample: "Numerator and denominator of each; what is missing does not count.",
  },
  index_2: {
    name: "Group 2: progress of settlement",
    what: "At most 20 points: 20 times the share of dossiers in time or not yet due. One asked twice for supplements counts as late; one that awaits a supplement is compared at the time of the request.",
    source: "Events of dossiers.",
    sample: "Dossiers settled in the period, or stopped or withdrawn in it after reception, and those open at its end.",
  },
  index_3a: {
    name: "Group 3A: online services",
    what: "At most 12 points. By the sheet of 2026 one share: dossiers filed online, of those of procedures offered wholly online. Before: procedures offered online 2 (full from 80 %), used 4, dossiers filed online 6 (full from 50 %).",
    source: "The channel in events of dossiers; the list of procedures.",
    sample: "Dossiers received in the period. Where the list of procedures does not say what is online, that is not known.",
  },
  index_3b: {
    name: "Group 3B: online payment",
    what: "At most 10 points. By the sheet of 2026 one share of dossiers paid online. Before: procedures with online payment 2, used 2 (each full from 80 %), dossiers 6. Dossiers whose payments are all zero are left out.",
    source: "Events dossier.submitted (a fee is due) and dossier.paid; the list of procedures with a fee.",
    sample: "Dossiers received in the period of which a fee is due.",
  },
  index_4: {
    name: "Group 4: digitisation",
    what: "At most 22 points: electronic results 6, digitised at reception and settlement 4, reused 2 (these two full from 80 %), personal store 4, population data 2 + 2, electronic certified copies 2.",
    source: "Events of dossiers; of the personal store only what was taken is seen, which is a lower bound. Certified copies are entered by people with their source.",
    sample: "Numerator and denominator of each indicator.",
  },
  index_5: {
    name: "Group 5: satisfaction",
    what: "At most 18 points: petitions in time 6, satisfaction with answers 6, with reception and settlement 6 (full from 90 % on). For the last two, what nobody judged is good: an answer is bad that did not satisfy, was complained of again or was late; a dossier that was rated 1 or 2, has a petition about it or was late.",
    source: "Events of petitions, ratings and dossiers.",
    sample: "Petitions answered in the period or open at its end, and dossiers settled in it. Without petitions their two indicators have all points; without dossiers the last has none.",
  },
  score: {
    name: "Score of the scorecard",
    what: "The mean of the groups of criteria that are known, of nine, by weights, on a scale of 100; a group is the mean of its known criteria. The interval is the mean of the criteria's 95 % intervals. Points and agencies have criteria of their own. Weights are a setting; until somebody sets them all are equal.",
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
    what: "The weight of the groups with data; one known criterion is enough for a group. The lower it is, the less sure the score.",
    source: "The nine groups of criteria.",
    sample: "Always there.",
  },
  productivity: {
    name: "Productivity against the norm",
    what: "Dossiers received for each officer, as for a whole year, against the norm of the area: wards are town, communes country, remote where that was entered. A point that receives less in a year than one officer's norm is exempt.",
    source: "Event dossier.accepted, and the officers entered by people.",
    sample: "Dossiers of the period; the shorter, the coarser. Without officers entered it is not computed.",
  },
  town_country: {
    name: "Town and country",
    what: "Waits, dossiers in time and satisfaction of the wards' points beside those of the communes, each case counted once; and how points differ: p10, p50, p90.",
    source: "As the figures themselves.",
    sample: "In how points differ only those with 30 cases or more. Without a sample it is empty.",
  },
  baselines: {
    name: "Published indices of the city",
    what: "SIPAS, PAR INDEX and PCI by year: rank and score as published. The system does not compute them.",
    source: "The scheme (L780–786, L1841–1844), and entries by people with their source.",
    sample: "A year without any is empty.",
  },
  briefing: {
    name: "The leadership's briefing",
    what: "Figures of a week, month or quarter against their targets and the period before. Each table has its definitions and the query to check it; a period that is over does not change while it is read.",
    source: "The same figures as the rooms, computed for the period.",
    sample: "Samples stand in each table. A change of satisfaction that may be chance is said to be or left out; a point is put up for decision from 30 visits or ratings on.",
  },
  odd_data: {
    name: "Readings that had to be used",
    what: "How often an odd course of a dossier was read by a documented rule, with examples. Absence from the list does not mean that nothing is wrong.",
    source: "All events of dossiers in the chosen days.",
    sample: "Dossiers to which something happened in the chosen days.",
  },
  signs: {
    name: "Signs to be asked about",
    what: "Signs that data may have been massaged, such as a due date moved with neither a supplement nor an apology, or five ratings at one counter within a minute. Each is a question to the unit and no verdict.",
    source: "Events of dossiers and ratings.",
    sample: "Dossiers and ratings looked at; with a list to check against.",
  },
  tasks: {
    name: "Tasks of the plans",
    what: "Tasks done, under way, due within 30 days and overdue. The last word in time counts, an event's or one entered.",
    source: "The plans that ship, event task.reported, and entries by people with evidence.",
    sample: "Where nobody has reported, that is said.",
  },
  training: {
    name: "Training",
    what: "The share of a unit's staff who have attended a subject, at most 100 %.",
    source: "Event training.attended: how many have attended, and of how many.",
    sample: "The unit's staff as last reported. Where it was never said of how many, there is no share.",
  },
  sessions: {
    name: "Mobile sessions kept",
    what: "Sessions published against sessions held. Kept in time: opened between an hour before its begin and 15 minutes after. Opened late: later, before its end. Visited: no opening is known, and visits or dossiers within it show that it was held.",
    source: "Events site.scheduled and site.opened, and what the point did.",
    sample: "Sessions published.",
  },
};
