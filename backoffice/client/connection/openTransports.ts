import { openEventSource } from './openEventSource.ts';
import { openLongPoll, openPoll } from './openPoll.ts';
import { openSocket } from './openSocket.ts';
import { openStream } from './openStream.ts';
import { transportNames, type OpenTransport, type TransportName, type Wire } from './transport.ts';

/** The transports that can be had on this page, the best one first. */
export function openTransports(
  wire: Wire,
  wanted: readonly TransportName[],
  explain: (sentence: () => string) => void,
): readonly { readonly name: TransportName; readonly open: OpenTransport }[] {
  return transportNames
    .filter((name) => wanted.includes(name))
    .flatMap((name) => {
      const open = opener(name, wire);
      if (typeof open !== 'string') return [{ name, open }];
      explain(() => `${name} is left out: ${open}`);
      return [];
    });
}

function opener(name: TransportName, wire: Wire): OpenTransport | string {
  switch (name) {
    case 'websocket':
      if (wire.http.token) return 'a socket of a browser cannot send a token.';
      if (!wire.WebSocket) return 'there is no WebSocket here.';
      return wire.websocketUrl === null ? 'its address is not known: set backendUrl or websocketUrl.' : openSocket;
    case 'sse':
      return wire.EventSource && !wire.http.token ? openEventSource : openStream;
    case 'longPoll':
      return openLongPoll;
    case 'poll':
      return openPoll;
  }
}
