/** What figures of dossiers, satisfaction and alerts are, in English. */
import type { alertFigures as viAlerts, dossierFigures as vi } from "./dossier.vi.ts";

export const dossierFigures: typeof vi = {
  overdue: {
    name: "Overdue dossiers",
    what: "Dossiers in progress whose due date and hour have passed. Waiting for a supplement and a suspension move the due date by the working time in them. To the minute; a dossier without a due date is never overdue.",
    source: "Events dossier.accepted (the due date; where it gives none, the procedure's time limit), dossier.extended, those that stop the clock, and those that end a dossier.",
    sample: "Dossiers in progress (n). Without any dossier it is empty.",
  },
  due_today: {
    name: "Dossiers due today",
    what: "Dossiers in progress due today at an hour that is still to come; once it has passed they are overdue. The list's filter Due today shows all of today, also those past their hour.",
    source: "Event dossier.accepted or the procedure's time limit, and events that move the due date.",
    sample: "Dossiers in progress. Without any dossier it is empty.",
  },
  in_progress: {
    name: "Dossiers in progress",
    what: "Dossiers validly received that are not settled, refused, withdrawn or stopped. Those that await reception are counted apart.",
    source: "Events dossier.*.",
    sample: "Exact, of every dossier of which dossier.submitted was received.",
  },
  due_soon: {
    name: "Dossiers due soon",
    what: "Dossiers in progress, not overdue, with at most 8 working hours left, by the working calendar of the competent agency. Those whose clock stands are left out.",
    source: "Events dossier.* and the working calendar.",
    sample: "Exact, of the dossiers in progress.",
  },
  paused: {
    name: "Dossiers with the clock standing",
    what: "Dossiers in progress whose time does not run: waiting for a supplement, or suspended. They stay among those in progress.",
    source: "Events dossier.supplement_requested and dossier.suspended, and those that end them.",
    sample: "Exact, of the dossiers in progress.",
  },
  no_due_date: {
    name: "Dossiers without a due date",
    what: "Dossiers in progress to which neither an event nor the procedure's time limit gives a due date. They count as in time, and are always shown apart.",
    source: "Events dossier.accepted without due_at and without dossier.extended; the list of procedures.",
    sample: "Exact, of the dossiers in progress.",
  },
  awaiting_acceptance: {
    name: "Dossiers awaiting reception",
    what: "Dossiers filed and not yet received, refused, withdrawn or stopped. The clock of settlement does not run yet.",
    source: "Event dossier.submitted.",
    sample: "Exact, of every dossier that was reported.",
  },
  on_time: {
    name: "Dossiers in time",
    what: "In the briefing: of the dossiers settled in the period, the share settled not after their due hour. The scorecard adds those open at its end: the share settled in time or still in time. Its four parts, settled early or on time, settled late, open in time and open overdue, always add up to the total. Without a due date a dossier counts as in time.",
    source: "Events dossier.accepted and dossier.resolved, and those that move the due date; the procedure's time limit where no due date is given.",
    sample: "In the briefing the dossiers settled in the period; in the scorecard also those open at its end. Without any it is empty.",
  },
  supplement_twice: {
    name: "Supplements asked for more than once",
    what: "Dossiers whose second request for a supplement falls in the period, settled or not. The scorecard gives the share asked once, of those asked that ended in the period or were asked again in it.",
    source: "Event dossier.supplement_requested.",
    sample: "Exact, of every dossier that was reported.",
  },
  digitised: {
    name: "Digitised before settlement",
    what: "In the briefing: of the dossiers settled in the period, the share digitised at or before settlement. The scorecard counts dossiers digitised in time within the period against those settled in it without.",
    source: "Events dossier.digitised and dossier.resolved.",
    sample: "In the briefing the dossiers settled in the period; in the scorecard the two it counts. Without any it is empty.",
  },
  acknowledged: {
    name: "Online dossiers answered within 8 working hours",
    what: "The share received, refused or asked to be completed within 8 working hours of filing, by the receiving point's calendar: of the online dossiers answered in the period and of those unanswered at its end whose 8 hours are over.",
    source: "Event dossier.submitted by the channel online, and the first reception, refusal, request or other end after it.",
    sample: "Online dossiers answered in the period, and those whose time is over. Without any it is empty.",
  },
  backlog_age: {
    name: "Age of the backlog",
    what: "Dossiers in progress by the working time since their clock began, stopped spans included: under 1, 3, 5, 10 and 20 working days, and longer; a day is 8 working hours.",
    source: "Event dossier.accepted and the working calendar.",
    sample: "Dossiers in progress whose clock has begun.",
  },
  satisfaction: {
    name: "Satisfaction",
    what: "The share of ratings of 4 or 5 among all ratings, with a 95 % interval (Wilson). Met when the whole interval is not under the target, missed when all of it is, otherwise undecided. Who does not rate does not count as satisfied.",
    source: "Event rating.given.",
    sample: "Ratings (n). Without any it is empty.",
  },
  feedback: {
    name: "Petitions",
    what: "Petitions received, answered in time or late, and open in time or overdue at the end of the period. The briefing gives the share answered in time, of those answered or overdue; the scorecard adds those open in time. The due date is the one given, else 15 working days after reception or the last forwarding. What is said of an answer counts with the answer.",
    source: "Events feedback.received, feedback.forwarded, feedback.answered and feedback.closed.",
    sample: "Exact, of every petition that was reported.",
  },
};

export const alertFigures: typeof viAlerts = {
  alerts_open: {
    name: "Open alerts",
    what: "Alerts that are not closed, after signs of one cause at one place are joined. Those hidden by their cause and those shelved are left out of the list and counted apart.",
    source: "The rules in force over all events, and the desk's log.",
    sample: "Exact. Each alert names its figure, sample and limit, and where its rule comes from.",
  },
  alerts_priority: {
    name: "Alerts by priority",
    what: "The shares of low, medium and high among the alerts raised. The marks of 80, 15 and 5 per cent are those of common alarm management.",
    source: "The desk's log.",
    sample: "Alerts raised in the chosen days.",
  },
  alerts_per_hour: {
    name: "Alerts an hour",
    what: "Alerts raised in the chosen days, by the city's working hours in them. Where the server cannot tell in which hours there were no data, those hours are in it, and the page says so.",
    source: "The desk's log and the working calendar.",
    sample: "Alerts and hours. Without hours it is empty.",
  },
  alerts_flood: {
    name: "Share of time in floods",
    what: "The time in floods by the city's working hours: a flood goes from 10 alerts within 10 minutes until fewer than 5 are. Under 1 % is good.",
    source: "The desk's log and the working calendar.",
    sample: "Working hours of the chosen days. Without any it is empty.",
  },
  alerts_acknowledge: {
    name: "Time until taken in hand",
    what: "The median time from when an alert of the chosen days was raised to when somebody acknowledged it.",
    source: "The desk's log.",
    sample: "Alerts acknowledged. Without any it is empty.",
  },
  alerts_without_action: {
    name: "Acknowledged without action",
    what: "Alerts of the chosen days that were acknowledged and are gone, and of which nothing was explained, urged or given to anybody.",
    source: "The desk's log.",
    sample: "Alerts acknowledged and gone.",
  },
  alerts_standing: {
    name: "Alerts standing for over a day",
    what: "Alerts raised in the chosen days that lasted over 24 hours from raised to gone, or to now, and those from before that still stand. One that came and went in between is one alert, and those that are gone by now count, too.",
    source: "The desk's log.",
    sample: "Exact, with the list.",
  },
};
