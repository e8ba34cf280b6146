/** A short tone for what has come, made here: no file is asked for. A high one is heard twice, and higher. */
import { isSoundOn, mutedUntil } from "./kept.ts";
import type { News } from "./watch.ts";
import { highOf } from "./watch.ts";

/** What is heard of news: nothing, a soft tone, or the call of a high alert. Pure. */
export const toneOf = (news: News): "none" | "soft" | "high" =>
  highOf(news).length > 0 ? "high" : news.raised.length + news.escalated.length > 0 ? "soft" : "none";

/** Whole hours that come, to be silent until; the first is at least half an hour away. Pure. */
export function hoursAhead(now: number, n: number): number[] {
  const hour = 3_600_000;
  const first = Math.ceil((now + hour / 2) / hour) * hour;
  return Array.from({ length: n }, (_, i) => first + i * hour);
}

export class Sound {
  #context: AudioContext | null = null;

  constructor() {
    // A browser lets a page be heard only once it has been touched.
    const wake = (): void => { if (isSoundOn()) void this.#ready(); };
    for (const event of ["pointerdown", "keydown"] as const) window.addEventListener(event, wake, { passive: true });
  }

  /** It is switched on, and yet the browser keeps it silent until the page is touched. */
  get isBlocked(): boolean {
    return isSoundOn() && this.#context?.state !== "running";
  }

  play(tone: "none" | "soft" | "high"): void {
    if (tone === "none" || !isSoundOn() || mutedUntil() > Date.now()) return;
    void this.#ready().then((context) => {
      if (context.state !== "running") return;
      if (tone === "soft") this.#tone(context, 440, 0, 0.18, 0.12);
      else for (const [i, pitch] of [880, 660, 880, 660].entries()) this.#tone(context, pitch, i * 0.2, 0.16, 0.2);
    });
  }

  async #ready(): Promise<AudioContext> {
    this.#context ??= new AudioContext();
    // Without a touch it stays suspended, and says so by its state.
    if (this.#context.state === "suspended") await Promise.race([this.#context.resume(), new Promise((done) => setTimeout(done, 200))]);
    return this.#context;
  }

  #tone(context: AudioContext, pitch: number, after: number, lasts: number, loud: number): void {
    const from = context.currentTime + after;
    const [source, volume] = [context.createOscillator(), context.createGain()];
    source.frequency.value = pitch;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(loud, from + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.001, from + lasts);
    source.connect(volume).connect(context.destination);
    source.start(from);
    source.stop(from + lasts);
  }
}
