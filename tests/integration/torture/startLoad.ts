import type { Change } from '../../../shared/change.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { followChanges, type FollowedChanges } from './followChanges.ts';
import { followSocket } from './followSocket.ts';
import { runInsistentWriter } from './insistentWriter.ts';
import type { AcknowledgedSave } from './savingClient.ts';

/** Writers and subscribers that go on whatever falls, and what they saw. */
export interface Load {
  readonly acknowledged: readonly AcknowledgedSave[];
  /** Answers that no client could do anything with. */
  readonly faults: readonly string[];
  /** Every answer with its status, 0 for a connection that broke, and how long it took. */
  readonly answers: readonly { readonly status: number; readonly tookMs: number }[];
  /** Half over SSE, half over WebSockets. */
  readonly readers: readonly FollowedChanges[];
  /** Resolves after so many more saves were acknowledged. */
  more(saves: number): Promise<void>;
  /** Ends the writers, waits for every subscriber, and gives the whole log, read anew. */
  finish(): Promise<readonly Change[]>;
  /** Ends everything at once. */
  stop(): Promise<void>;
}

/** Where the nodes are reached, and how much is put on them. */
export interface LoadOptions {
  readonly url: string;
  readonly token: string;
  /** Pairs of subscribers. */
  readonly pairs: number;
  /** Where the log ends, asked of the database: a node may not have heard of the last save of another one. */
  readonly head: () => Promise<{ readonly epoch: string; readonly seq: number }>;
}

/** Starts four writers and the subscribers, all from the beginning of the log. */
export async function startLoad({ url, token, pairs, head }: LoadOptions): Promise<Load> {
  const acknowledged: AcknowledgedSave[] = [];
  const faults: string[] = [];
  const answers: { readonly status: number; readonly tookMs: number }[] = [];
  let isStopped = false;
  const beginning = `${(await head()).epoch}:0`;
  const readers = Array.from({ length: pairs }, () => [
    followChanges({ url: async () => url }, token, beginning),
    followSocket(url, token, beginning),
  ]).flat();
  const writing = Promise.all(
    ['ada', 'ben', 'cleo', 'dan'].map((name) =>
      runInsistentWriter({
        name,
        url,
        token,
        isStopped: () => isStopped,
        onAcknowledged: (save) => void acknowledged.push(save),
        onFault: (fault) => void faults.push(fault),
        onAnswer: (status, tookMs) => void answers.push({ status, tookMs }),
      }),
    ),
  );
  return {
    acknowledged,
    faults,
    answers,
    readers,
    async more(saves) {
      const until = acknowledged.length + saves;
      await waitUntil(`${saves} more saves`, () => acknowledged.length >= until || faults.length > 0, 60_000);
    },
    async finish() {
      isStopped = true;
      await writing;
      const { epoch, seq } = await head();
      const end = `${epoch}:${seq}`;
      await Promise.all(readers.map((reader) => reader.reached(end)));
      const again = followSocket(url, token, beginning);
      await again.reached(end);
      await again.stop();
      return again.changes;
    },
    async stop() {
      isStopped = true;
      for (const reader of readers) await reader.stop();
    },
  };
}
