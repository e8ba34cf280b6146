/** The words of what is open to whom, in English. */
import type { access as Words } from "./access.vi.ts";

export const access: typeof Words = {
  only: (places) => `${places} only`,
  unit: (name) => `the unit ${name}`,
  more: (n) => `and ${n} more`,
  closedTitle: "This page is not open to the account in use",
  closedWhole: (who, part) => `This page is about the whole city. The account ${who} is for ${part}.`,
  closedRole: (who, role) => `The role of the account ${who} (${role}) does not see this page.`,
  closedWhat: "If your work needs it, ask the supervision room for it, or whoever keeps the accounts for another right.",
  openHere: "This account opens:",
  openNothing: "This account opens no page: ask whoever keeps the accounts.",
  part: (places) => `Of ${places} only, not of the whole city`,
  partNote: "added up",
  pointsOfPart: "Points",
  heardOf: (n) => `${n} heard`,
  over15: (n) => `over 15 min: ${n}`,
  noFeed: "The feed names single dossiers of the whole city, so it is not shown to this account.",
};
