import { Agent } from 'node:http';
import { parseCursor } from '../../../shared/cursor.ts';
import type { SyncEvent } from '../../../shared/protocol/events.ts';
import { startRawSubscriber, type RawSubscriber, type Transport } from '../../helpers/rawSubscriber.ts';
import { randomNumbers } from './randomNumbers.ts';

/** One subscriber of the herd. */
export interface HerdMember {
  readonly transport: Transport;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the test tells the herd. `finish` ends the cuts and waits until everybody is at a place of the log. */
export type HerdQuestion =
  | { readonly type: 'start'; readonly url: string; readonly since: string; readonly seed: number; readonly members: readonly HerdMember[] }
  | { readonly type: 'finish'; readonly seq: number }; // prettier-ignore

/** What the herd answers: that all are connected, and then what each was told, with how often it was connected. */
export type HerdAnswer =
  | { readonly type: 'started' }
  | { readonly type: 'told'; readonly index: number; readonly events: readonly string[]; readonly connections: number }
  | { readonly type: 'behind'; readonly index: number; readonly cursor: string | null }
  | { readonly type: 'finished' };

const subscribers: { readonly one: RawSubscriber; readonly events: string[] }[] = [];
let isCutting = true;

function describe(event: SyncEvent): string {
  const { seq } = 'cursor' in event ? (parseCursor(event.cursor) ?? { seq: 0 }) : { seq: 0 };
  switch (event.type) {
    case 'change':
      return `${seq} ${event.change.operation} ${event.change.resource}/${event.change.id} ${event.change.version}`;
    case 'message':
      return `${seq} message ${event.message.id}`;
    case 'reset':
      return `${seq} reset ${event.scope} ${event.reason}`;
    default:
      return `${seq} ${event.type} ${JSON.stringify(event)}`;
  }
}

const tell = (answer: HerdAnswer): void => void process.send?.(answer);

async function start({ url, since, seed, members }: HerdQuestion & { type: 'start' }): Promise<void> {
  const random = randomNumbers(seed);
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  for (const { transport, query, headers } of members) {
    const events: string[] = [];
    const isPolling = transport === 'poll' || transport === 'longPoll';
    const one = startRawSubscriber({
      transport, query, headers, since,
      url: () => url,
      onEvent: (event) => void events.push(describe(event)),
      // A stream is a connection of its own; only polls share.
      ...(isPolling ? { agent, backMs: 200 } : { backMs: 20 }),
    }); // prettier-ignore
    subscribers.push({ one, events });
    const cutLater = (): void => {
      setTimeout(
        () => {
          if (!isCutting) return;
          one.cut();
          cutLater();
        },
        200 + random.below(3_000),
      );
    };
    cutLater();
  }
  while (subscribers.some(({ one }) => one.connections() === 0))
    await new Promise((resolve) => setTimeout(resolve, 10));
  tell({ type: 'started' });
}

async function finish(seq: number): Promise<void> {
  isCutting = false;
  const isBehind = ({ one }: { one: RawSubscriber }) => (parseCursor(one.cursor() ?? '')?.seq ?? 0) < seq;
  const deadline = Date.now() + 60_000;
  while (subscribers.some(isBehind) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const [index, subscriber] of subscribers.entries()) {
    if (isBehind(subscriber)) tell({ type: 'behind', index, cursor: subscriber.one.cursor() });
    tell({ type: 'told', index, events: subscriber.events, connections: subscriber.one.connections() });
    subscriber.one.stop();
  }
  tell({ type: 'finished' });
}

process.on('message', (question: HerdQuestion) => {
  if (question.type === 'start') void start(question);
  else void finish(question.seq);
});
process.on('disconnect', () => process.exit(0));
