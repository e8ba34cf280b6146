/** What figures of queues, counters and forecasts are, in English. */
import type { queueFigures as vi } from "./queue.vi.ts";

export const queueFigures: typeof vi = {
  wait_day: {
    name: "Mean wait today",
    what: "The arithmetic mean, in minutes, of the time from taking a number to the start of service, over numbers taken since midnight whose service has begun; on other pages over the days chosen there. Being sent on before service begins is part of it; a wait after being sent on from a counter is counted apart. Left out: who still waits, who came without a number, and negative durations.",
    source: "Events ticket.issued and ticket.started of the queue machines; where a machine sends no start, ticket.called stands in and is marked approximate.",
    sample: "Visits whose service has begun (n). Without any it is empty, not 0.",
  },
  wait_hour: {
    name: "Mean wait of the last hour",
    what: "As the mean wait today, over the numbers taken in the last 60 minutes alone. Over 10 minutes a point is busy, over 15 it is over the limit.",
    source: "Events ticket.issued of the last 60 minutes, with their ticket.started.",
    sample: "Numbers taken in the last hour that have begun (n). Without any it is empty.",
  },
  wait_p90: {
    name: "Wait: p90 and median",
    what: "Nine waits in ten are at most the p90; half are at most the median. By nearest rank: exact for up to 64 waits, within 0.5 % for more.",
    source: "The same visits as the mean wait.",
    sample: "Visits that have begun (n). Without any it is empty.",
  },
  over_15min: {
    name: "Waits over 15 minutes",
    what: "Visits whose service began after a wait of more than 900 seconds, counted exactly, and their share of the visits that have begun. Who still waits is not in it yet.",
    source: "Events ticket.issued and ticket.started.",
    sample: "Visits that have begun (n). Without any it is empty.",
  },
  waiting: {
    name: "People waiting",
    what: "People who have taken a number, or were sent on from a counter, and are not yet served. Numbers lost sight of are left out: the point has closed since, the counter that called it has called another, or the wait is over 4 hours. Points with a queue board alone are added apart, and said to be.",
    source: "Events ticket.* of today; where a point has sent none, a queue.snapshot less than 5 minutes old.",
    sample: "Points heard, of all points. A point that is not heard has no data, which is not the same as nobody waiting.",
  },
  longest_wait: {
    name: "Longest wait",
    what: "How long the one of the people waiting who has waited longest has waited; after being sent on from a counter it counts from then. Over 15 minutes the point is over the limit.",
    source: "Events ticket.*. A queue board does not tell it.",
    sample: "One person. It is empty where nobody waits or where there is a board alone.",
  },
  open_counters: {
    name: "Open counters",
    what: "Counters that are open now, neither closed nor paused. With people waiting and no counter open, a point is over the limit.",
    source: "Events counter.opened, counter.closed, counter.paused and counter.resumed of today; where a point has sent none today, its queue board.",
    sample: "Points heard. Where it is not known it is empty.",
  },
  transaction: {
    name: "Mean transaction",
    what: "The arithmetic mean, in minutes, from the start to the end of service at the counter; who is sent on from one counter to another counts once at each. The scheme's target is for one dossier: transactions over it per dossier are counted apart, and the briefing gives the mean per dossier, both only of those that say how many dossiers they handled. Where a machine sends no start, the walk to the counter is in it.",
    source: "Events ticket.started (or ticket.called) and ticket.finished.",
    sample: "Transactions that have ended; n is the visits that are finished. Without any it is empty.",
  },
  visits: {
    name: "Visits",
    what: "Numbers issued in the span, and of them: begun, finished, abandoned, without an end by the close of the day. Who came without a number is counted apart. A visit is not a dossier.",
    source: "Events ticket.issued, ticket.started, ticket.finished and ticket.abandoned.",
    sample: "Every number that was received. A day is provisional until each device has been heard past closing, or 24 hours have passed since.",
  },
  points: {
    name: "Points open, points heard",
    what: "A point is open when its state is normal, busy or over the limit; one that neither says that it closes nor publishes hours counts as closed once it is silent for over 20 minutes outside working hours. A point is heard in every state but no data.",
    source: "All events of the point today; what it said of its doors today, else its published hours, else the working calendar.",
    sample: "All registered points, and others that sent something.",
  },
  site_state: {
    name: "State of a point",
    what: "No data comes first: nothing received today at a point not known to be closed, or silent for over 20 minutes in opening hours. Closed: it has closed, is outside its published hours, or, where it tells neither, is outside working hours and silent for over 20 minutes; and nobody waits. Over the limit: the last hour's mean or the longest wait is over 15 minutes, or people wait and no counter is open. Busy: the last hour's mean is over 10 minutes, or over 10 people wait for each open counter. Otherwise normal.",
    source: "The point's figures above; what it said of its doors today, else its published hours, else the working calendar.",
    sample: "Always exactly one state, with its reasons.",
  },
  attention: {
    name: "Order of attention",
    what: "A number from 0 to 100 that orders the list. The state sets the band; within it, longer waits and more people stand higher; overdue dossiers add 2. It orders and does not judge.",
    source: "The point's state, last hour's mean wait, longest wait, people waiting and overdue dossiers.",
    sample: "Always there. Rows move only when it changes by 4 or more.",
  },
  board_waiting: {
    name: "Waiting by boards",
    what: "People waiting as a queue board tells: in a point's panel the last snapshot, of a day the mean over time. Each snapshot holds for at most 5 minutes. The source is coarser than tickets and never added to them.",
    source: "Events queue.snapshot.",
    sample: "Snapshots. Without any it is empty.",
  },
  board_counters: {
    name: "Open counters by boards",
    what: "Open counters as a queue board tells: in a point's panel the last snapshot, of a day the mean over time. Each snapshot holds for at most 5 minutes.",
    source: "Events queue.snapshot.",
    sample: "Snapshots. Without any it is empty.",
  },
  forecast_wait: {
    name: "Forecast wait of one who comes now",
    what: "Half of those who come now wait at most the first number, nine in ten at most the second. For people without priority, whatever they come for.",
    source: "The queue and counters now, and past days of the very point.",
    sample: "Past forecasts held against what came. Hidden with too few days, without data, when closed, or when over the last 10 days it was no better than simple guesses.",
  },
  forecast_queue: {
    name: "Forecast of people waiting",
    what: "People waiting and not yet called after 30, 60 and 120 minutes: the middle, and what nine in ten times is not exceeded.",
    source: "The queue and counters now, and past days of the very point.",
    sample: "Past forecasts held against what came. Hidden for the same reasons as the forecast wait; the reason stands in its place.",
  },
  forecast_counters: {
    name: "Counters needed",
    what: "Within two hours, from when on how many counters are needed so that nine in ten wait at most 15 minutes, and by when those expected to be open are too few. Never more than the point has been seen to have; where even those are too few, that is said. It is advice.",
    source: "The point's own forecast of arrivals and service times.",
    sample: "Past days of the point. Hidden where tickets do not tell its counters, or for the same reasons as the forecast wait.",
  },
  as_of: {
    name: "Data as of",
    what: "Up to when figures hold every event that the server received. When the connection is lost, figures stop there and the page says how old they are.",
    source: "The server's clock, or the events' own time where it runs by events.",
    sample: "Always there after the first answer.",
  },
  received: {
    name: "Events received",
    what: "Events taken in since the server started, and how many were duplicates, conflicting or rejected. What is sent again is not counted twice.",
    source: "Every event sent to the server.",
    sample: "Exact, since the server started.",
  },
};
