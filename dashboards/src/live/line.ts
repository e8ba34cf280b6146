/** The one connection of all pages: whoever follows it is told how it stands, at once and whenever that changes. */
import { LiveClient, browserSurroundings } from "./client.ts";
import type { Link, SocketLike } from "./client.ts";
import { keepSeen } from "./seen.ts";

export interface Line {
  readonly client: LiveClient;
  readonly followLink: (told: (link: Link) => void) => void;
  /** Connects, once everyone has said what they follow. */
  readonly start: () => void;
}

export function openLine(open: () => SocketLike): Line {
  const followers = new Set<(link: Link) => void>();
  const client = new LiveClient(browserSurroundings(open), (link) => {
    if (link.phase === "live") keepSeen(Date.now());
    for (const told of followers) told(link);
  });
  window.addEventListener("online", () => { client.tryNow(); });
  window.addEventListener("offline", () => { client.dropNow(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) client.tryNow(); });
  return {
    client,
    followLink: (told) => {
      followers.add(told);
      told(client.link);
    },
    start: () => { client.start(); },
  };
}
