import type { LogPosition } from '../../../shared/cursor.ts';
import type { Core } from '../../core.ts';
import type { LogEntry } from '../../log/entry.ts';
import { follow } from '../../log/follow.ts';
import { projectEntry } from '../../log/projectEntry.ts';
import { visitorView } from './composeDelivery.ts';
import { createDeliveryQueue, type DeliveryQueue } from './deliveryQueue.ts';
import { freshState, parseEndpointState, webhooksBucket } from './endpointState.ts';
import { createEndpointSender, type EndpointSender, type SenderParts } from './endpointSender.ts';
import { createStateKeeper, type StateKeeper } from './stateKeeper.ts';
import { pause } from './timers.ts';
import { webhooksResource, type Endpoint } from './webhooksResource.ts';

/** The reader of one endpoint. */
export interface EndpointReader {
  /** The last place of the log that it has read. */
  readonly seq: number;
  /** Takes what was changed about the endpoint; from the next call on. */
  update(endpoint: Endpoint): void;
  /** True when everything in the log is read, and everything that is due is told and written down. */
  isIdle(): boolean;
  /** Ends reading and calls, and resolves when the state is written. */
  stop(): Promise<void>;
}

/** The wait before a reader that could not go on starts again, in milliseconds. */
const restartMs = 5_000;
/** How far the stored cursor may fall behind over entries that are not for this endpoint: entries, and milliseconds. */
const maxUnstored = { entries: 256, ms: 3_600_000 };

/** What one run of a reader works with: from reading its state until it ends or has to read it again. */
interface Run {
  readonly queue: DeliveryQueue;
  readonly keeper: StateKeeper;
  readonly sender: EndpointSender;
  readonly stopped: AbortController;
}

/** Starts the reader of one endpoint, where it was before. */
export function createEndpointReader(parts: SenderParts, initial: Endpoint): EndpointReader {
  const { core, state, timers, onError, onProgress } = parts;
  const stopping = new AbortController();
  let endpoint = initial;
  let run: Run | null = null;

  async function live(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        run = await prepare();
        await read(run);
      } catch (error) {
        onError(error);
        await pause(timers, restartMs, stopping.signal);
      } finally {
        run?.stopped.abort();
        await run?.sender.ended();
        onProgress();
      }
    }
  }

  async function prepare(): Promise<Run> {
    const stored = await state.get(webhooksBucket, endpoint.id);
    const queue = createDeliveryQueue(
      parseEndpointState(stored?.value) ?? freshState(await beginning(core, endpoint.id)),
    );
    const stopped = new AbortController();
    const signal = AbortSignal.any([stopping.signal, stopped.signal]);
    const revision = stored?.revision ?? 0;
    const keeper = createStateKeeper({
      state,
      id: endpoint.id,
      revision,
      read: () => queue.toState(),
      timers,
      signal,
      onError,
    });
    // What waited while the reader was away is not sent before what came since is read: else the site would see every step.
    const isHeld = createHold(queue, core.store.log.head());
    const sender = createEndpointSender({
      ...parts,
      queue,
      keeper,
      signal,
      isHeld,
      endpoint: () => endpoint,
      onSuperseded: () => stopped.abort(),
    });
    return { queue, keeper, sender, stopped };
  }

  async function read({ queue, keeper, sender, stopped }: Run): Promise<void> {
    const signal = AbortSignal.any([stopping.signal, stopped.signal]);
    const { log } = core.store;
    let unstored = { entries: 0, at: 0 };
    keeper.mark();
    if (!(await keeper.flush())) return;
    sender.wake();
    for await (const item of follow({ log, after: queue.cursor, signal, onError })) {
      const place = { epoch: log.epoch, seq: item.type === 'reset' ? item.head.seq : item.entry.seq };
      if (item.type === 'reset') queue.noteReset(place, item.reason, parts.now());
      else if (isTold(core, endpoint, item.entry))
        queue.note(place, `${item.entry.resource}/${item.entry.id}`, item.entry.version, parts.now());
      else {
        queue.advance(place);
        unstored = { entries: unstored.entries + 1, at: unstored.at === 0 ? item.entry.at : unstored.at };
        const isFar = unstored.entries >= maxUnstored.entries || item.entry.at - unstored.at >= maxUnstored.ms;
        if (!isFar) {
          sender.wake();
          continue;
        }
      }
      unstored = { entries: 0, at: 0 };
      keeper.mark();
      sender.wake();
    }
    // The place over entries that were not for this endpoint, so that the next start does not read them again.
    if (unstored.entries > 0) keeper.mark();
    await keeper.flush();
  }

  const done = live();
  return {
    get seq() {
      return run?.queue.cursor.seq ?? 0;
    },
    update(changed) {
      endpoint = changed;
      run?.sender.wake();
    },
    isIdle() {
      if (run === null) return false;
      const isBehind = run.queue.cursor.epoch !== core.store.log.epoch || run.queue.cursor.seq < core.store.log.head();
      return !isBehind && run.sender.isIdle();
    },
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

/**
 * Just after the entry that created the endpoint, so that nothing is missed when the process ends before the first write.
 * Where that entry is no longer kept the endpoint has missed something, and the beginning of the log makes that a reset.
 */
async function beginning(core: Core, id: string): Promise<LogPosition> {
  const { log } = core.store;
  const created = await log.version(webhooksResource.name, id, 1);
  return { epoch: log.epoch, seq: created?.seq ?? 0 };
}

function isTold(core: Core, endpoint: Endpoint, entry: LogEntry): entry is Extract<LogEntry, { kind: 'change' }> {
  if (entry.kind !== 'change' || (endpoint.resources !== null && !endpoint.resources.includes(entry.resource)))
    return false;
  const view = visitorView(core, entry.resource);
  return view !== null && projectEntry(core.store.log.epoch, entry, view) !== null;
}

/** True until what was in the log at the start has been read. */
function createHold(queue: DeliveryQueue, head: number): () => boolean {
  const { epoch, seq } = queue.cursor;
  let isHeld = seq < head;
  return () => {
    isHeld &&= queue.cursor.epoch === epoch && queue.cursor.seq < head;
    return isHeld;
  };
}
