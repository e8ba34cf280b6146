/** What this machine keeps of its desk between visits: the seat, the sound, and whether single letters are keys. */
const NAMES = { seat: "vonglau.desk.seat", sound: "vonglau.desk.sound", mutedUntil: "vonglau.desk.muted", keys: "vonglau.desk.keys" } as const;
type Name = keyof typeof NAMES;

// A browser may forbid storage: what was set then holds until the page is left.
const held = new Map<Name, string>();

function read(name: Name): string {
  try {
    return localStorage.getItem(NAMES[name]) ?? held.get(name) ?? "";
  } catch {
    return held.get(name) ?? "";
  }
}

function write(name: Name, value: string): void {
  held.set(name, value);
  try {
    localStorage.setItem(NAMES[name], value);
  } catch {
    // Not kept, and nothing else lost.
  }
}

export const keptSeat = (): string => read("seat");
export const keepSeat = (seat: string): void => { write("seat", seat); };

export const isSoundOn = (): boolean => read("sound") === "on";
export const keepSound = (isOn: boolean): void => { write("sound", isOn ? "on" : "off"); };

/** Until when it is silent, in ms of this machine's clock; 0 where it is not. */
export const mutedUntil = (): number => Number(read("mutedUntil")) || 0;
export const keepMuted = (until: number): void => { write("mutedUntil", String(until)); };

export const areKeysOn = (): boolean => read("keys") !== "off";
export const keepKeys = (isOn: boolean): void => { write("keys", isOn ? "on" : "off"); };
