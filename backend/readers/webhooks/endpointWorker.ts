import type { LogPosition } from '../../../shared/cursor.ts';
import type { DeliveryRow } from '../../log/deliveryLog.ts';
import type { StateItem } from '../../stores/store.ts';
import { attemptDelivery, type Attempt } from './attemptDelivery.ts';
import type { Caller } from './callSlots.ts';
import { createDeliveryQueue, type DeliveryQueue, type Job } from './deliveryQueue.ts';
import { freshState, parseEndpointState } from './endpointState.ts';
import { finishAttempt } from './finishAttempt.ts';
import type { FeedMember } from './logFeed.ts';
import { createStateKeeper, type StateKeeper } from './stateKeeper.ts';
import type { ToldChange } from './toldChange.ts';
import type { Endpoint } from './webhooksResource.ts';
import type { WorkerParts } from './workerParts.ts';

/** Milliseconds after a failure of ours. */
const ownFailureMs = 5_000;

/**
 * Tells one endpoint what it has to be told.
 *
 * Invariant  a call is made only after what asks for it is durable, and forgotten only after its answer is: the end of the
 *            process between any two steps repeats a call and loses none. What is not due yet is read from the log again
 */
export class EndpointWorker implements FeedMember, Caller {
  readonly queue: DeliveryQueue;
  readonly #parts: WorkerParts;
  readonly #keeper: StateKeeper;
  readonly #stopping = new AbortController();
  readonly #calls = new Map<AbortController, Promise<unknown>>();
  #endpoint: Endpoint;
  #isLive = false;
  #isSuperseded = false;
  #writing = 0;
  #storedSeq = -1;
  // Counted: a call for what is durable waits for no write.
  #noted = 1;
  #durable = 0;

  constructor(parts: WorkerParts, endpoint: Endpoint, stored: StateItem | null, beginning: LogPosition) {
    this.#parts = parts;
    this.#endpoint = endpoint;
    const known = parseEndpointState(stored?.value);
    const orders = { resume: endpoint.resume, replay: endpoint.replay?.id ?? null };
    this.queue = createDeliveryQueue(known ?? { ...freshState(beginning), orders });
    if (known) this.#storedSeq = known.cursor.seq;
    this.#keeper = createStateKeeper({
      state: parts.state,
      id: endpoint.id,
      revision: stored?.revision ?? 0,
      read: () => {
        this.queue.advance(this.cursor);
        this.#storedSeq = this.queue.cursor.seq;
        return this.queue.toState();
      },
      timers: parts.timers,
      signal: this.#stopping.signal,
      onError: parts.onError,
    });
  }

  get endpoint(): Endpoint {
    return this.#endpoint;
  }
  get isEnded(): boolean {
    return this.#stopping.signal.aborted;
  }
  get isLive(): boolean {
    return this.#isLive;
  }
  get isFailing(): boolean {
    return this.queue.failingSince !== null;
  }
  get underWay(): number {
    return this.queue.underWay;
  }

  get cursor(): LogPosition {
    const own = this.queue.cursor;
    if (!this.#isLive) return own;
    const place = this.#parts.place();
    return own.epoch === place.epoch && own.seq < place.seq ? place : own;
  }

  /** True when everything that is due is told and written down. */
  get isIdle(): boolean {
    const dueAt = this.nextDueAt();
    return (
      this.#isLive && this.#calls.size === 0 && this.#writing === 0 && (dueAt === null || dueAt > this.#parts.now())
    );
  }

  nextDueAt(): number | null {
    return this.#isLive && !this.isEnded ? this.queue.nextDueAt() : null;
  }

  /** Takes what was changed about the endpoint; from the next call on. */
  update(endpoint: Endpoint): void {
    this.#endpoint = endpoint;
    this.offer();
  }

  offer(): void {
    this.#parts.slots.offer(this);
  }

  note(place: LogPosition, { resource, id, version }: ToldChange): void {
    const before = this.queue.size;
    this.#noted += 1;
    this.queue.note(place, `${resource}/${id}`, version, this.#parts.now());
    if (this.queue.size > before) this.#parts.onNoted();
    this.offer();
  }

  advance(place: LogPosition): void {
    this.queue.advance(place);
  }

  noteReset(place: LogPosition, reason: Parameters<FeedMember['noteReset']>[1] | 'overflow'): void {
    this.#noted += 1;
    this.queue.noteReset(place, reason, this.#parts.now());
    this.offer();
  }

  goLive(): void {
    this.#isLive = true;
    // So that nothing is missed when the process ends before the first call of a new endpoint.
    if (this.#storedSeq === -1) this.persist();
    this.offer();
  }

  persist(isChanged = false): void {
    if (isChanged) this.#noted += 1;
    else if (this.#storedSeq === this.cursor.seq) return;
    this.#keeper.mark();
    this.#flush().catch(this.#parts.onError);
  }

  begin(call: AbortController): Promise<unknown> | null {
    const { now, isOurs } = this.#parts;
    if (!this.#isLive || this.isEnded || this.#isSuperseded || !isOurs(this.#endpoint.id)) return null;
    const [job] = this.queue.take(now(), 1);
    return job ? this.#track(job, call) : null;
  }

  /**
   * Calls for one record now, whenever it is due, and says how that ended; null when the call could not be made.
   *
   * A call of the record that is under way is waited for: there is one at a time.
   */
  async callNow(key: string): Promise<DeliveryRow | null> {
    while (this.queue.isUnderWay(key) && !this.isEnded) await Promise.race(this.#calls.values());
    const job = this.isEnded || !this.#parts.isOurs(this.#endpoint.id) ? null : this.queue.takeKey(key);
    this.#noted += 1;
    return job && this.#track(job, new AbortController());
  }

  /** Ends calls and resolves when the state is written. */
  async stop(): Promise<void> {
    // What was read and not called for is part of what is kept.
    if (this.#isLive && this.#storedSeq !== this.cursor.seq) this.#keeper.mark();
    this.#stopping.abort();
    this.abortCalls();
    await this.drained();
    await this.#keeper.flush();
    this.#isLive = false;
    this.#parts.onProgress();
  }

  /** Resolves when the calls that are being made have ended by themselves. */
  async drained(): Promise<void> {
    await Promise.all(this.#calls.values());
  }

  /** Ends the calls that are being made; they are due again. */
  abortCalls(): void {
    for (const call of this.#calls.keys()) call.abort('stopped');
  }

  #track(job: Job, call: AbortController): Promise<DeliveryRow | null> {
    const running = this.#run(job, call);
    this.#calls.set(call, running);
    return running;
  }

  async #run(job: Job, call: AbortController): Promise<DeliveryRow | null> {
    const { compose, isOurs, now, onError, onProgress } = this.#parts;
    let row = null;
    try {
      if (!(await this.#isDurable()) || call.signal.aborted || !isOurs(this.#endpoint.id)) {
        this.queue.release(job, job.item.nextAt);
        return null;
      }
      const message = await compose({ endpoint: this.#endpoint, job });
      const attempt = message && (await attemptDelivery(this.#parts, this.#endpoint, message, call));
      if (message === null) this.queue.drop(job);
      else if (attempt === null) this.queue.release(job, job.item.nextAt);
      else row = await this.#finish(job, attempt);
      this.#keeper.mark();
      this.#flush().catch(onError);
    } catch (error) {
      // The store or the key, not the receiver: it is tried again soon and nobody is blamed.
      this.queue.release(job, now() + ownFailureMs);
      onError(error);
    } finally {
      this.#calls.delete(call);
      onProgress();
    }
    return row;
  }

  async #finish(job: Job, attempt: Attempt): Promise<DeliveryRow> {
    const { endpoint, queue } = this;
    const { row, reason } = finishAttempt(this.#parts, { endpoint, queue, job, attempt });
    if (reason !== null) {
      // Written down first: the worker ends with the next step.
      this.#keeper.mark();
      await this.#flush();
      await this.#parts.disable(endpoint, reason);
    }
    return row;
  }

  /** Everything that was noted so far is durable; false when nothing may be built on it. */
  async #isDurable(): Promise<boolean> {
    if (this.#durable >= this.#noted) return true;
    this.#keeper.mark();
    return this.#flush();
  }

  async #flush(): Promise<boolean> {
    this.#writing += 1;
    const noted = this.#noted;
    try {
      const isWritten = await this.#keeper.flush();
      // A flush without a mark says nothing of what was noted since the last one: every caller marks first.
      if (isWritten) this.#durable = Math.max(this.#durable, noted);
      if (!isWritten && !this.isEnded && !this.#isSuperseded) {
        // It calls no more until it was read again.
        this.#isSuperseded = true;
        this.#parts.onSuperseded(this.#endpoint.id);
      }
      return isWritten;
    } finally {
      this.#writing -= 1;
      this.#parts.onProgress();
    }
  }
}
