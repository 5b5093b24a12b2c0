import type { LogPosition } from '../../../shared/cursor.ts';
import { follow } from '../../log/follow.ts';
import { createEndpointReader, type EndpointReader } from './endpointReader.ts';
import type { SenderParts } from './endpointSender.ts';
import { webhooksBucket } from './endpointState.ts';
import { pause } from './timers.ts';
import { toEndpoint, webhooksResource } from './webhooksResource.ts';

/** What the readers of all endpoints need together. */
export interface EndpointReadersOptions extends Omit<SenderParts, 'onProgress'> {
  readonly closing: AbortSignal;
}

/** The readers that run: one for each active endpoint. */
export interface EndpointReaders {
  start(): Promise<void>;
  /** Makes one reader fit its record: started, told, or ended. */
  refresh(id: string): Promise<void>;
  places(): { readonly name: string; readonly seq: number }[];
  idle(): Promise<void>;
}

/** The wait before an endpoint whose record could not be read is looked at again, in milliseconds. */
const retryMs = 5_000;

/**
 * Creates the readers of an installation. They follow the log for changes of the endpoints themselves, so that one that was
 * added, disabled or deleted on another node starts and ends here too.
 */
export function createEndpointReaders({ closing, ...parts }: EndpointReadersOptions): EndpointReaders {
  const { core, state, timers, onError } = parts;
  const readers = new Map<string, EndpointReader>();
  const waiters = new Set<() => void>();
  let place: LogPosition | null = null;
  let watching: Promise<void> = Promise.resolve();
  // One after the other: two that look at one endpoint at once would start two readers.
  let work: Promise<void> = Promise.resolve();

  function onProgress(): void {
    for (const waiter of waiters) waiter();
    waiters.clear();
  }

  closing.addEventListener('abort', onProgress, { once: true });

  function refresh(id: string): Promise<void> {
    const done = work.then(() => fit(id));
    work = done.catch(() => undefined);
    return done;
  }

  async function fit(id: string): Promise<void> {
    const endpoint = toEndpoint(await core.store.load(webhooksResource.name, id));
    const reader = readers.get(id);
    if (endpoint?.active && !closing.aborted) {
      if (reader) reader.update(endpoint);
      else readers.set(id, createEndpointReader({ ...parts, onProgress }, endpoint));
      return;
    }
    await reader?.stop();
    readers.delete(id);
    if (endpoint === null) await state.delete(webhooksBucket, id);
  }

  async function fitAll(): Promise<void> {
    const listed = (await core.store.list(webhooksResource.name)).map(({ id }) => id);
    // What was left when the process ended between deleting an endpoint and forgetting it.
    const left = (await state.list(webhooksBucket)).map(({ key }) => key);
    for (const id of new Set([...listed, ...left, ...readers.keys()])) await refresh(id);
  }

  async function watch(after: LogPosition): Promise<void> {
    const { log } = core.store;
    for await (const item of follow({ log, after, signal: closing, onError })) {
      if (item.type === 'reset') await insist(fitAll);
      else if (item.entry.kind === 'change' && item.entry.resource === webhooksResource.name) {
        const { id } = item.entry;
        await insist(() => refresh(id));
      }
      place = { epoch: log.epoch, seq: item.type === 'reset' ? item.head.seq : item.entry.seq };
      onProgress();
    }
    for (const reader of readers.values()) await reader.stop();
    onProgress();
  }

  /** Until it works: an endpoint that is passed over would be silent without a word. */
  async function insist(step: () => Promise<void>): Promise<void> {
    while (!closing.aborted) {
      try {
        return await step();
      } catch (error) {
        onError(error);
        await pause(timers, retryMs, closing);
      }
    }
  }

  function isIdle(): boolean {
    const { log } = core.store;
    return (
      place?.epoch === log.epoch && place.seq >= log.head() && [...readers.values()].every((reader) => reader.isIdle())
    );
  }

  return {
    async start() {
      const { log } = core.store;
      place = { epoch: log.epoch, seq: log.head() };
      await fitAll();
      watching = watch(place);
      watching.catch(onError);
    },
    refresh,
    places: () => [...readers].map(([id, reader]) => ({ name: `webhooks:${id}`, seq: reader.seq })),
    async idle() {
      while (!closing.aborted) {
        await work;
        if (isIdle() && !closing.aborted) return;
        await new Promise<void>((resolve) => waiters.add(resolve));
      }
      await watching;
      await work;
    },
  };
}
