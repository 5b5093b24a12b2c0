import type { LogPosition } from '../../../shared/cursor.ts';
import type { ChangeEntry } from '../../log/entry.ts';
import type { StateItem } from '../../stores/store.ts';
import { createWaitingBound } from './createWaitingBound.ts';
import type { CallLines } from './callLines.ts';
import { carryOutOrders } from './carryOutOrders.ts';
import { EndpointWorker } from './endpointWorker.ts';
import { webhooksBucket } from './endpointState.ts';
import { createGatheredWrites } from './gatheredWrites.ts';
import { insist } from './insist.ts';
import { createLogFeed } from './logFeed.ts';
import { createShardLeases, shardOf, type Leases } from './shardLeases.ts';
import { watchClock } from './watchClock.ts';
import { toEndpoint, webhooksResource, type Endpoint } from './webhooksResource.ts';
import type { WorkerParts } from './workerParts.ts';

/** What the workers of a process need together. */
export interface EndpointWorkersOptions extends Omit<
  WorkerParts,
  'onProgress' | 'onNoted' | 'onSuperseded' | 'isOurs' | 'place' | 'gathered'
> {
  readonly closing: AbortSignal;
  /** Absent for a store of one process, which has all endpoints. */
  readonly leases: Leases | undefined;
  readonly leaseMs: number;
  /** Milliseconds by a clock that nobody turns. */
  readonly steadyNow: () => number;
  /** Calls for endpoints that had no worker: one that gets a worker waits for its own. */
  readonly lines: CallLines;
  /** Records that may wait in this process, over all endpoints. */
  readonly maxWaiting: number;
}

/** The workers that run: one for each active endpoint of this process. */
export interface EndpointWorkers {
  start(): Promise<void>;
  /** Makes one worker fit its record: started, told, or ended. */
  refresh(id: string): Promise<void>;
  /** The worker of an endpoint; null when it is paused, or another process has it. */
  find(id: string): EndpointWorker | null;
  places(): { readonly name: string; readonly seq: number }[];
  idle(): Promise<void>;
}

/**
 * Creates the workers of a process. One feed reads the log for all of them, and says when an endpoint was added, changed or
 * deleted, here or on another node.
 */
export function createEndpointWorkers({
  closing,
  leases: shared,
  leaseMs,
  maxWaiting,
  ...rest
}: EndpointWorkersOptions): EndpointWorkers {
  const { core, state, timers, lines, onError } = rest;
  const workers = new Map<string, EndpointWorker>();
  const waiters = new Set<() => void>();
  // One after the other: two that look at one endpoint at once would start two workers.
  let work: Promise<void> = Promise.resolve();
  let queued = 0;

  const feed = createLogFeed({
    core, closing, timers, onError, onProgress,
    onEndpoint: takeEntry,
    onReset: () => void queueInsist(() => fitAll(() => true)),
  }); // prettier-ignore
  const leases =
    shared &&
    createShardLeases({
      leases: shared,
      leaseMs,
      onError,
      onGain: (shards) => queueInsist(() => fitAll((id) => shards.includes(shardOf(id)))),
      async onLose(shards) {
        // A call that was begun is not begun again elsewhere while it runs.
        const isMeant = (id: string): boolean => shards.includes(shardOf(id));
        await Promise.all([...workers].filter(([id]) => isMeant(id)).map(([, worker]) => worker.drained()));
        await queueWork(() => stopAll(isMeant));
      },
      onLapse: () => [...workers.values()].forEach((worker) => worker.abortCalls()),
    });
  const isOurs = (id: string): boolean => leases?.isOurs(id) ?? true;
  const gathered = createGatheredWrites();
  const parts: WorkerParts = {
    ...rest,
    gathered,
    onProgress,
    isOurs,
    place: () => feed.place,
    onNoted: createWaitingBound(workers, maxWaiting),
    onSuperseded: (id) => void queueInsist(() => restart(id)),
  };

  function onProgress(): void {
    for (const waiter of waiters) waiter();
    waiters.clear();
  }

  closing.addEventListener('abort', onProgress, { once: true });

  function queueWork(step: () => Promise<void>): Promise<void> {
    queued += 1;
    const done = work.then(step);
    work = done
      .catch(() => undefined)
      .then(() => {
        queued -= 1;
        onProgress();
      });
    return done;
  }

  const queueInsist = (step: () => Promise<void>): Promise<void> =>
    queueWork(() => insist(step, { closing, timers, onError }));

  /** The filter changes at its place in the log; whether there is a worker at all may take longer. */
  function takeEntry(entry: ChangeEntry): void {
    const worker = workers.get(entry.id);
    const endpoint = toEndpoint({ ...entry, changedAt: entry.at });
    if (worker && endpoint?.active) worker.update(endpoint);
    void queueInsist(() => fit(entry.id));
  }

  async function fit(id: string): Promise<void> {
    const endpoint = toEndpoint(await core.store.load(webhooksResource.name, id));
    if (endpoint === null) {
      await stopOne(id);
      if (isOurs(id)) await state.delete(webhooksBucket, id);
      return;
    }
    if (!endpoint.active || !isOurs(id) || closing.aborted) return stopOne(id);
    const worker = workers.get(id);
    if (worker) {
      worker.update(endpoint);
      return carryOut(worker);
    }
    await add([{ endpoint, stored: await state.get(webhooksBucket, id) }]);
  }

  function carryOut(worker: EndpointWorker): Promise<void> {
    return carryOutOrders(core, worker, { now: rest.now(), isFree: lines.drained(worker.endpoint.id) === null });
  }

  async function fitAll(isMeant: (id: string) => boolean): Promise<void> {
    const endpoints = (await core.store.list(webhooksResource.name)).flatMap((stored) => toEndpoint(stored) ?? []);
    const states = new Map((await state.list(webhooksBucket)).map((item) => [item.key, item]));
    const listed = new Set(endpoints.map(({ id }) => id));
    // What was left when the process ended between deleting an endpoint and forgetting it.
    for (const id of [...states.keys(), ...workers.keys()]) if (!listed.has(id) && isMeant(id)) await fit(id);
    const added: { endpoint: Endpoint; stored: StateItem | null }[] = [];
    for (const endpoint of endpoints) {
      const { id } = endpoint;
      if (!isMeant(id)) continue;
      if (workers.has(id)) await fit(id);
      else if (endpoint.active && isOurs(id)) added.push({ endpoint, stored: states.get(id) ?? null });
    }
    await add(added);
  }

  async function add(
    endpoints: readonly { readonly endpoint: Endpoint; readonly stored: StateItem | null }[],
  ): Promise<void> {
    const added: EndpointWorker[] = [];
    for (const { endpoint, stored } of endpoints) {
      if (closing.aborted) return;
      const worker = new EndpointWorker(parts, endpoint, stored, stored ? noPlace : await beginning(endpoint.id));
      workers.set(endpoint.id, worker);
      added.push(worker);
      await carryOut(worker);
    }
    const free = added.filter((worker) => !joinLater(worker));
    // Not waited for: one that was away for long must not keep others from being paused.
    if (free.length > 0) void feed.join(free).then(onProgress, onError);
  }

  /** Behind the calls that were asked for before it was there: of one record two would be made at once, the older one last. */
  function joinLater(worker: EndpointWorker): boolean {
    const drained = lines.drained(worker.endpoint.id);
    if (drained === null) return false;
    const join = () => (worker.isEnded ? undefined : feed.join([worker]));
    void drained.then(join).then(onProgress, onError);
    return true;
  }

  async function stopOne(id: string): Promise<void> {
    const worker = workers.get(id);
    if (worker === undefined) return;
    await worker.stop();
    feed.leave(worker);
    workers.delete(id);
  }

  async function stopAll(isMeant: (id: string) => boolean): Promise<void> {
    await Promise.all([...workers.keys()].filter(isMeant).map((id) => stopOne(id)));
  }

  async function restart(id: string): Promise<void> {
    await stopOne(id);
    await fit(id);
  }

  /**
   * Just after the entry that created the endpoint, so that nothing is missed when the process ends before the first write.
   * Where that entry is no longer kept the endpoint has missed something, and the beginning of the log makes that a reset.
   */
  async function beginning(id: string): Promise<LogPosition> {
    const created = await core.store.log.version(webhooksResource.name, id, 1);
    return { epoch: core.store.log.epoch, seq: created?.seq ?? 0 };
  }

  function isIdle(): boolean {
    const { log } = core.store;
    const { epoch, seq } = feed.place;
    return (
      queued === 0 && epoch === log.epoch && seq >= log.head() && [...workers.values()].every((worker) => worker.isIdle)
    );
  }

  function rebase(turnedMs: number): void {
    rest.slots.forgetTimes();
    for (const worker of workers.values()) worker.rebase(turnedMs);
  }

  return {
    async start() {
      watchClock({ timers, now: rest.now, steadyNow: rest.steadyNow, signal: closing, onTurned: rebase });
      feed.start();
      if (leases) await leases.start();
      else await fitAll(() => true);
    },
    refresh: (id) => queueWork(() => fit(id)),
    find: (id) => workers.get(id) ?? null,
    places: () => [...workers].map(([id, worker]) => ({ name: `webhooks:${id}`, seq: worker.cursor.seq })),
    async idle() {
      while (!closing.aborted) {
        await work;
        gathered.writeNow();
        if (isIdle() && !closing.aborted) return;
        await new Promise<void>((resolve) => waiters.add(resolve));
      }
      await feed.ended();
      await work;
      await stopAll(() => true);
      await leases?.stop();
    },
  };
}

const noPlace: LogPosition = { epoch: '', seq: 0 };
