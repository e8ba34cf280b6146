/** The words of the page of data quality and integrity, in English. */
import type { watching as master } from "./watching.vi.ts";
import { several } from "./plural.ts";

export const watching: typeof master = {
  link: "Data",
  title: "Quality and signs of the data",
  show: "Show",
  shown: { quality: "Data quality", integrity: "Signs to ask about" },

  quality: "Readings that were needed",
  qualityNote: "A dossier with an odd history counts all the same, by a reading that is written down. This is how often each reading was needed.",
  qualityEmpty: "No reading was needed in this span.",
  qualityUnseen: "Dossiers of which no system sends an event; what is well formed and untrue; the agency of a dossier whose filing is not known. What is not in the list is not thereby right.",
  ofDossiers: (n) => `in ${several(n, "dossier")} to which something happened`,
  rules: "What the rules' data say twice",
  reading: "Reading",
  examples: "Examples",
  examplesNote: "At most 20 dossiers, by code.",

  integrity: "Questions to the units",
  integrityNote: "Each sign is a question to the unit and never a verdict. A sign does not mean that anything is wrong; only the unit can answer it.",
  integrityEmpty: "The server looked at no sign.",
  unseen: "What cannot be seen",
  ofBoth: (dossiers, ratings) => `in ${several(dossiers, "dossier")} and ${several(ratings, "rating")}`,
  question: "Question",
  evidence: "Evidence for the unit to check",
  evidenceNote: "At most 50, by code.",
  notSeen: "not seen",

  count: "Times",
  units: "Units",
  byAgency: "By competent agency",
  byUnit: "By the unit that is asked",
  unitsOf: (n) => several(n, "unit"),
  noUnit: "The unit is not known.",
  someUnknown: (n) => `${n} of them without a known unit.`,
  openHint: "Choose a row to see units and examples.",
  close: "Close",
  counter: (site, counter) => `${site}, counter ${counter}`,
};
