/** The socket of whoever is in: by the session's cookie, or, since a browser's socket sends no key, by a ticket that a key is given. */
import type { SocketLike } from "../live/client.ts";
import { post } from "../room/pages/fetch.ts";
import { storedKey } from "./key.ts";

function webSocket(query = ""): WebSocket {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(`${scheme}//${location.host}/ws${query}`);
}

/** A socket that is opened once there is a ticket; without one it is as one that was refused. */
function ticketed(): SocketLike {
  let inner: WebSocket | null = null;
  let isLeft = false;
  const outer: SocketLike = {
    send: (text) => { inner?.send(text); },
    close: (code) => {
      isLeft = true;
      inner?.close(code);
    },
    onopen: null,
    onmessage: null,
    onclose: null,
  };
  void post<{ readonly ticket: string }>("session/ticket", null).then((answer) => {
    if (isLeft) return;
    if (!answer.ok) {
      outer.onclose?.();
      return;
    }
    inner = webSocket(`?ticket=${encodeURIComponent(answer.value.ticket)}`);
    inner.onopen = () => { outer.onopen?.(); };
    inner.onmessage = (event) => { outer.onmessage?.(event); };
    inner.onclose = () => { outer.onclose?.(); };
  });
  return outer;
}

export const openSocket = (): SocketLike => (storedKey() === null ? webSocket() as SocketLike : ticketed());
