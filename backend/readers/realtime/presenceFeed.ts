import type { PresenceEvent } from '../../../shared/protocol/presence.ts';
import type { Presence } from '../../presence/createPresence.ts';
import type { Sink } from './runReader.ts';
import { writeEvent, type WrittenEvent } from './writtenEvent.ts';

/**
 * Adds who is in some channels to what a sink is told.
 *
 * While the socket is full nothing of it is kept: when there is room again, each channel that changed meanwhile is told
 * whole. So a slow client costs one name per channel, and ends with the right members all the same.
 */
export function createPresenceFeed(options: {
  readonly presence: Presence;
  readonly channels: readonly string[];
  readonly sink: Sink;
  readonly signal: AbortSignal;
}): Sink {
  const { presence, channels, sink, signal } = options;
  if (channels.length === 0) return sink;
  let isFull = false;
  const missed = new Set<string>();
  const noticed = (hasRoom: boolean): boolean => {
    if (!hasRoom) void waitForRoom();
    return hasRoom;
  };
  const waitForRoom = async (): Promise<void> => {
    if (isFull) return;
    isFull = true;
    await sink.drained(signal);
    isFull = false;
    for (const channel of [...missed]) {
      if (isFull || signal.aborted) return;
      missed.delete(channel);
      tell({ type: 'presence', channel, event: 'sync', members: presence.members(channel) });
    }
  };
  const tell = (event: PresenceEvent): void => {
    if (signal.aborted) return;
    if (isFull) missed.add(event.channel);
    else noticed(sink.send(written(event)));
  };
  const stops = channels.map((channel) => presence.follow(channel, tell));
  const stop = (): void => {
    for (const end of stops) end();
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return {
    send: (event) => noticed(sink.send(event)),
    sendAll: (batch) => noticed(sink.sendAll(batch)),
    drained: (of) => sink.drained(of),
  };
}

/** An event of presence is one object for all who follow the channel: so are its bytes. */
const known = new WeakMap<PresenceEvent, WrittenEvent>();

function written(event: PresenceEvent): WrittenEvent {
  const hit = known.get(event) ?? writeEvent(event);
  known.set(event, hit);
  return hit;
}
