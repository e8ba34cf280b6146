/** The whole screen for the wall, by a button or a key; a browser that refuses it loses nothing else. */

export const isFull = (): boolean => document.fullscreenElement !== null;

export function turnFull(): void {
  const done = isFull() ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  done.catch(() => undefined);
}

/** Whether a key asks for it. Pure. */
export const isAsked = ({ key, ctrlKey, metaKey, altKey }: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): boolean =>
  key.toLowerCase() === "f" && !ctrlKey && !metaKey && !altKey;
