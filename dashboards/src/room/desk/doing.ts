/** Doing things with the chosen case: whether it may be, at which seat, what is asked for first, and what came of it. */
import { catalogue } from "../../i18n/index.ts";
import { problemWords } from "../pages/alert.ts";
import { post } from "../pages/fetch.ts";
import { access, hasPart } from "../../signin/access.ts";
import { isMine, isPlain, may } from "./life.ts";
import type { Act } from "./life.ts";
import { keepSeat } from "./kept.ts";
import { chosen } from "./state.ts";
import type { Actions, PageState } from "./state.ts";

interface Around {
  readonly state: () => PageState;
  readonly put: (patch: Partial<PageState>) => void;
  /** Something was done: the details are asked for again. */
  readonly done: () => void;
  /** The focus goes back to the list. */
  readonly back: () => void;
}

type Doing = Pick<Actions, "run" | "send" | "askSeat" | "setSeat">;

export function doing({ state, put, done, back }: Around): Doing {
  // What was to be done when the seat was asked for.
  let next: Act | null = null;
  const say = (words: string, isRefused: boolean): void => { put({ said: { words, isRefused } }); };

  const tell = async (act: Act, body: object): Promise<void> => {
    const { lang, view: { key }, seat } = state();
    const t = catalogue(lang).desk;
    const answer = await post(`alerts/${encodeURIComponent(key)}/${act}`, { by: seat, ...body });
    // What a form held stays in it, to be mended.
    if (!answer.ok) throw new Error(problemWords(lang, answer.problem));
    say(t.actsDone[act], false);
    done();
  };
  const run = (act: Act): void => {
    const now = state();
    const t = catalogue(now.lang).desk;
    const one = chosen(now);
    if (one === null) say(t.pickFirst, true);
    else if (!isMine(access(), one)) say(hasPart(access(), "act_on_alerts") ? t.roomActs : t.readOnly, true);
    else if (!may(one, act)) say(act === "answer" ? t.noUrge : t.notNow(t.acts[act], t.states[one.state]), true);
    else if (now.seat === "") {
      next = act;
      put({ form: "seat", said: null });
    } else if (!isPlain(act)) put({ form: act, said: null });
    else {
      put({ said: null });
      tell(act, {}).catch((error: unknown) => { say(error instanceof Error ? error.message : String(error), true); });
    }
  };

  return {
    run,
    send: async (act, body) => {
      if (body !== null) await tell(act, body);
      put({ form: null });
      back();
    },
    askSeat: () => {
      next = null;
      put({ form: "seat", said: null });
    },
    setSeat: (seat) => {
      const wanted = next;
      next = null;
      if (seat !== null) keepSeat(seat);
      put({ form: null, ...(seat === null ? {} : { seat }) });
      back();
      if (seat !== null && wanted !== null) run(wanted);
    },
  };
}
