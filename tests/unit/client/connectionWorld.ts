import {
  createConnection,
  type Connection,
  type ConnectionOptions,
  type ConnectionStatus,
  type FollowWants,
} from 'backoffice-sync/client';
import type { ChangeEvent, ResetEvent } from '../../../shared/protocol/events.ts';
import { createScriptedLog, type ScriptedLog } from '../../helpers/scriptedLog.ts';
import { createScriptedNetwork, type ScriptedNetwork } from '../../helpers/scriptedNetwork.ts';
import { createTestClock, type TestClock } from './testClock.ts';

/** A connection over a network in memory, at a time that stands still. */
export interface ConnectionWorld {
  readonly log: ScriptedLog;
  readonly network: ScriptedNetwork;
  readonly clock: TestClock;
  readonly connection: Connection;
  readonly sentences: readonly string[];
  readonly statuses: readonly ConnectionStatus[];
  /** Follows, and gives what it is told as short texts such as `goals 1 updated`. */
  follow(wants: FollowWants): {
    readonly told: readonly string[];
    readonly events: readonly (ChangeEvent | ResetEvent)[];
    close(): void;
  };
  /** Lets time pass in small steps, in each of which everything arrives. */
  pass(ms: number): Promise<void>;
  setOnline(isOnline: boolean): void;
}

/** Makes one; `options` go to the connection. */
export function createConnectionWorld(options: ConnectionOptions = {}): ConnectionWorld {
  const log = createScriptedLog();
  const network = createScriptedNetwork(log);
  const clock = createTestClock();
  const sentences: string[] = [];
  const statuses: ConnectionStatus[] = [];
  let isOnline = true;
  let tellOnline = () => {};
  const connection = createConnection({
    backendUrl: 'http://stand-in.test',
    clock,
    WebSocket: network.WebSocket,
    fetch: network.fetch,
    connectivity: {
      isOnline: () => isOnline,
      subscribe: (listener) => {
        tellOnline = listener;
        return () => undefined;
      },
    },
    debug: (sentence) => sentences.push(sentence),
    ...options,
  });
  connection.onStatus((status) => statuses.push(status));
  return {
    log,
    network,
    clock,
    connection,
    sentences,
    statuses,
    follow(wants) {
      const told: string[] = [];
      const events: (ChangeEvent | ResetEvent)[] = [];
      const follower = connection.follow({
        ...wants,
        onEvent(event) {
          events.push(event);
          if (event.type === 'reset') told.push(`reset ${event.reason}`);
          else told.push(`${event.change.resource} ${event.change.id} ${event.change.operation}`);
        },
      });
      return { told, events, close: () => follower.close() };
    },
    async pass(ms) {
      for (let left = ms; left > 0; left -= 500) {
        clock.advance(Math.min(500, left));
        await network.flush();
      }
    },
    setOnline(is) {
      isOnline = is;
      tellOnline();
    },
  };
}
