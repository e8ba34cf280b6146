/** The words of a point's forecasts, in English. */
import type { forecast as master } from "./forecast.vi.ts";
import { several } from "./plural.ts";

export const forecast: typeof master = {
  title: "Forecast",
  note: (days, at) => `an estimate of ${at}, learned from ${several(days, "day")}`,
  wait: "Who comes now waits",
  queue: (minutes) => `Waiting in ${minutes} min`,
  counters: "Counters to open",
  minutes: (median, bound) => `${median} min, nine in ten at most ${bound} min`,
  people: (median, bound) => `${several(median, "person", "people")}, nine in ten at most ${bound}`,
  sample: (n) => `sample ${n}`,
  now: (counters) => `${counters} now`,
  from: (counters, at) => `${counters} from ${at}`,
  open: (n) => `${n} open`,
  target: (share, minutes) => `so that ${share} wait at most ${minutes} min`,
  enough: "those usually open are enough",
  tooFew: (at) => `more are needed by ${at}`,
  tooFewNow: "more are needed now",
  beyond: "even all counters are too few",
  why: {
    no_data: "no data",
    too_few_days: "too few days to learn from",
    not_better: "no better than guessing, so not shown",
    closed: "closed",
  },
  whyUnknown: (code) => `not shown (${code})`,
};
