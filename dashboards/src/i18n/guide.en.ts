/** The words of the guide, in English. */
import { alertFigures, dossierFigures } from "./explain/dossier.en.ts";
import { planFigures, scoreFigures } from "./explain/plan.en.ts";
import { queueFigures } from "./explain/queue.en.ts";
import type { guide as vi } from "./guide.vi.ts";
import { tour } from "./tour.en.ts";

export const guide: typeof vi = {
  link: "Guide",
  title: "Guide, and what each figure is",
  lead: "Of each figure: how it is computed, where it comes from, its sample, its target and the basis. In the rooms, a name with a dotted line or a ? button opens it on the spot.",
  find: "Find a figure",
  found: (n, all) => `${n}/${all} found`,
  none: "No figure matches.",
  unknown: (id) => `There is no figure by the id ${id}.`,
  all: "All figures",
  explain: (name) => `What it is: ${name}`,
  close: "Close",
  whole: "Open in the guide",
  families: { queue: "Queues, counters, forecasts", dossier: "Dossiers, satisfaction", alert: "Alerts", plan: "Reach, planning", score: "Index 766, scorecards, briefing, registers" },
  parts: { what: "How it is computed", source: "Where it comes from", sample: "Sample, and when it is empty", target: "Target", basis: "Basis", shown: "Shown in", api: "Interface" },
  noTarget: "No text sets a target for it.",
  inBriefing: "How the briefing's figures are computed",
  handbooks: "Handbooks",
  userBook: "User's handbook",
  operatorBook: "Operator's handbook",
  bases: {
    wait: { target: "a mean wait of at most 15 minutes per transaction", source: "The Centre's scheme, L3705–3706: a mean wait of at most 15 minutes" },
    transaction: { target: "at most 15 minutes per dossier", source: "The Centre's scheme, L1963–1964: a direct transaction of at most 15 minutes per dossier" },
    on_time: { target: "100% in time", source: "The Centre's scheme, L1907: no procedure settled late" },
    overdue: { target: "0 dossiers", source: "The Centre's scheme, L1907: no procedure settled late" },
    supplement: { target: "0 dossiers", source: "The Centre's scheme, L1907, L5426–5428: supplements asked for at most once" },
    digitised: { target: "100%", source: "The Centre's scheme, L1909–1910: all dossiers digitised before settlement" },
    acknowledged: { target: "100% within 8 working hours", source: "The Centre's scheme, L5417–5421: online dossiers answered within 8 working hours" },
    satisfied: { target: "at least 95%", source: "The Centre's scheme, L1923–1924: satisfaction of at least 95%" },
    covered: { target: "100% of people", source: "The Centre's scheme, L1849–1851, L1961–1962: everybody under 30 minutes or at most 5 km away" },
    petition: { target: "answered within 15 working days, where no due date is given", source: "The memo on the formulas of index 766 (as quoted); taken as working days" },
    norms: { target: "dossiers of one officer in a year: town 1,800, country 1,200, remote 800", source: "The Centre's scheme (L3701–3703, L3703–3704, L3704; exempt points L3704–3705)" },
    index: { target: "a scale of 100 points in six groups as the scheme lists them (online services and online payment are one group of Decision 766); the text sets no mark to reach", source: "Decision No. 766 of the Prime Minister, 23 June 2022; partial points by the memo on formulas (second hand), not verified" },
    criteria: { target: "nine groups of criteria; the text sets neither weights nor marks", source: "The Centre's scheme, L3375–3424" },
    alarms: { target: "at most 6 alerts an hour; 80% low, 15% medium, 5% high; under 1% of the time in floods", source: "The practice of ISA-18.2 and IEC 62682; not a legal rule" },
  },
  basisNote: "“L” is a line of the scheme's text (October 2024; the copy used here leaves the decision's number and date blank). What is “as quoted” is to be confirmed by a lawyer before it drives a penalty.",
  figures: { ...queueFigures, ...dossierFigures, ...alertFigures, ...planFigures, ...scoreFigures },
  tour,
};
