/** The words of the tour, in English. */
import type { tour as vi } from "./tour.vi.ts";

export const tour: typeof vi = {
  title: "A tour of ten minutes",
  lead: "Eleven steps through the rooms. Each opens the real page, with a small card in a corner that says what to look for and what to do.",
  keys: "Enter on Next goes on; Esc within the card leaves. The address keeps the step: open it again to go on from there.",
  simulated: "The data are simulated and not real.",
  real: "This server has real data: the steps hold, though figures may differ from what is told.",
  start: "Begin",
  label: (n, all) => `Tour, step ${n} of ${all}`,
  previous: "Back",
  next: "Next",
  finish: "Done",
  leave: "Leave",
  back: "To the page of this step",
  steps: {
    room: { title: "The supervision room", look: "The strip holds each figure against its target; the list has first what needs attention.", act: "Press the name “Mean wait today” to see how it is computed." },
    site: { title: "One point", look: "The panel on the right has its queue, counters and forecast; where data are too few it says why.", act: "Hold “Longest wait” against the limit of 15 minutes, then close the panel with Esc." },
    wall: { title: "The city on a wall", look: "One word for the whole city, one sentence that says why, and the alerts that nobody has in hand.", act: "Press f to fill the screen, and again to leave." },
    alerts: { title: "The alert desk", look: "Each row is one cause with its signs joined; the shape tells the priority.", act: "Choose a row to see what is over its limit and what to do; Acknowledge says that you have it in hand." },
    dossiers: { title: "The list of dossiers", look: "Thousands of dossiers, the nearest due date first; overdue ones bear a mark.", act: "Press “Overdue”, then open a dossier to see by which events its clock ran and stood." },
    agencies: { title: "Agencies and flows", look: "Who has how many dossiers, for how long, and where some will be late.", act: "Choose an agency to see what to urge." },
    index: { title: "Index 766", look: "Estimated points of the six groups; what is not known is left empty and not counted as 0.", act: "Choose indicator 2.1 to see each dossier that costs points." },
    scorecard: { title: "Scorecards", look: "Ranks with what they may be: few samples are no gain.", act: "Open a point to see its nine groups of criteria." },
    planner: { title: "Planning points", look: "Warm cells are where people have neither 30 minutes nor 5 km.", act: "Open “Gaps”, choose a place, put a point there and see how many more people are within reach." },
    day: { title: "A point's day", look: "Waits, queue and counters of a whole day on one axis of time.", act: "Move the time mark, or play the day again." },
    briefing: { title: "The leadership's briefing", look: "A week on a page: what changed, why, and what is to be decided.", act: "Take it along as PDF or DOCX; each table has its definitions and the query to check it." },
  },
};
