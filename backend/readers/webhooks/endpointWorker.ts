import type { LogPosition } from '../../../shared/cursor.ts';
import { toDeliveryRow, type DeliveryRow } from '../../log/deliveryLog.ts';
import type { StateItem } from '../../stores/store.ts';
import { attemptDelivery, type Attempt } from './attemptDelivery.ts';
import { Call } from './call.ts';
import type { Caller } from './callSlots.ts';
import { CallsUnderWay } from './callsUnderWay.ts';
import { createDeliveryQueue, type DeliveryQueue, type Job } from './deliveryQueue.ts';
import { boundWaits } from './boundWaits.ts';
import { freshState, ordersOf, parseEndpointState } from './endpointState.ts';
import { finishAttempt, type CallResult, type FinishedAttempt } from './finishAttempt.ts';
import type { FeedMember } from './logFeed.ts';
import { createStateKeeper } from './stateKeeper.ts';
import { StateWriter } from './stateWriter.ts';
import { minWaitMs } from './retrySchedule.ts';
import type { ToldChange } from './toldChange.ts';
import type { Endpoint } from './webhooksResource.ts';
import type { WorkerParts } from './workerParts.ts';

/**
 * Tells one endpoint what it has to be told.
 *
 * Invariant  a call is made only after what asks for it is durable, and forgotten only after its answer is: the end of the
 *            process between any two steps repeats a call and loses none. What is not due yet is read from the log again
 */
export class EndpointWorker implements FeedMember, Caller {
  readonly queue: DeliveryQueue;
  readonly #parts: WorkerParts;
  readonly #state: StateWriter;
  readonly #stopping = new AbortController();
  readonly #calls: CallsUnderWay<CallResult>;
  #endpoint: Endpoint;
  #epoch: string;
  #isLive = false;
  #isSuperseded = false;
  #isEnded = false;
  #storedSeq = -1;

  constructor(parts: WorkerParts, endpoint: Endpoint, stored: StateItem | null, beginning: LogPosition) {
    this.#parts = parts;
    this.#calls = new CallsUnderWay(parts.onProgress);
    this.#endpoint = endpoint;
    this.#epoch = parts.core.store.log.epoch;
    const known = boundWaits(parseEndpointState(stored?.value), { now: parts.now() });
    this.queue = createDeliveryQueue(known ?? { ...freshState(beginning), orders: ordersOf(endpoint) });
    if (known) this.#storedSeq = known.cursor.seq;
    const { state, timers, gathered, onError, onProgress } = parts;
    const keeper = createStateKeeper({
      state, timers, onError,
      id: endpoint.id,
      revision: stored?.revision ?? 0,
      read: () => {
        this.queue.advance(this.cursor);
        this.#storedSeq = this.queue.cursor.seq;
        return this.queue.toState();
      },
      signal: this.#stopping.signal,
    }); // prettier-ignore
    const onSuperseded = (): void => {
      // It calls no more until it was read again.
      if (this.#isEnded || this.#isSuperseded) return;
      this.#isSuperseded = true;
      parts.onSuperseded(this.#endpoint.id);
    };
    this.#state = new StateWriter({ keeper, gathered, onError, onProgress, onSuperseded });
  }

  get endpoint(): Endpoint {
    return this.#endpoint;
  }
  get isEnded(): boolean {
    return this.#isEnded;
  }
  get isLive(): boolean {
    return this.#isLive;
  }
  get isFailing(): boolean {
    return this.queue.failingSince !== null || this.queue.heldTimes > 0;
  }
  get isHanging(): boolean {
    return this.queue.isHanging;
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
    if (!this.#isLive || this.#calls.size > 0 || this.#state.isBusy) return false;
    return dueAt === null || dueAt > this.#parts.now();
  }

  nextDueAt(): number | null {
    return this.#isLive && !this.isEnded ? this.queue.nextDueAt() : null;
  }

  /** Takes what was changed about the endpoint; from the next call on. */
  update(endpoint: Endpoint): void {
    // The log is read behind the store: what it tells may be older than what was loaded. A restored store begins again.
    const { epoch } = this.#parts.core.store.log;
    if (epoch === this.#epoch && endpoint.version < this.#endpoint.version) return;
    this.#epoch = epoch;
    // What the old address says is nothing about the new one, which is called instead.
    if (endpoint.url !== this.#endpoint.url) this.abortCalls();
    // The time of its failures begins anew with what ordered it to be called again, which is carried out in a moment.
    if (endpoint.resume !== this.#endpoint.resume) this.queue.forgive();
    this.#endpoint = endpoint;
    this.offer();
  }

  /** Takes that the clock was turned. */
  rebase(turnedMs: number): void {
    this.queue.rebase(this.#parts.now(), turnedMs);
    this.offer();
  }

  offer(): void {
    this.#parts.slots.offer(this);
  }

  note(place: LogPosition, { resource, id, version }: ToldChange): void {
    const before = this.queue.size;
    this.#state.note();
    this.queue.note(place, `${resource}/${id}`, version, this.#parts.now());
    if (this.queue.size > before) this.#parts.onNoted();
    this.offer();
  }

  advance(place: LogPosition): void {
    this.queue.advance(place);
  }

  noteReset(place: LogPosition, reason: Parameters<FeedMember['noteReset']>[1] | 'overflow'): void {
    this.#state.note();
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
    if (isChanged) this.#state.note();
    else if (this.#storedSeq === this.cursor.seq) return;
    this.#state.write();
  }

  begin(call: Call): Promise<unknown> | null {
    const { now, isOurs } = this.#parts;
    if (!this.#isLive || this.isEnded || this.#isSuperseded || !isOurs(this.#endpoint.id)) return null;
    const [job] = this.queue.take(now(), 1);
    return job ? this.#track(job, call) : null;
  }

  /**
   * Tells of one record once more, whenever it is due, and says how that ended. It stands in the record's line: a call of it
   * that is under way is waited for, and the next one, whoever begins it, is the answer. Never rejects.
   *
   * Shape   `dropped` when visitors see nothing of the record, `released` when no call could be made
   */
  async resend(key: string, versions: readonly [number, number]): Promise<DeliveryRow | 'dropped' | 'released'> {
    const { now, isOurs } = this.#parts;
    if (this.isEnded || !isOurs(this.#endpoint.id)) return 'released';
    const before = this.#calls.find(key);
    this.#state.note();
    this.queue.noteAgain(key, versions, 'resend', now());
    if (before) await before;
    const job = this.isEnded || !isOurs(this.#endpoint.id) ? null : this.queue.takeKey(key);
    const ended = await (job ? this.#track(job, new Call()) : (this.#calls.find(key) ?? 'released'));
    return typeof ended === 'string' ? ended : toDeliveryRow({ ...ended.detail, id: ended.id });
  }

  /** Ends calls and resolves when the state is written. */
  async stop(): Promise<void> {
    // What was read and not called for is part of what is kept.
    const isChanged = this.#isLive && this.#storedSeq !== this.cursor.seq;
    this.#isEnded = true;
    this.#stopping.abort();
    this.abortCalls();
    await this.drained();
    await this.#state.stop(isChanged);
    this.#isLive = false;
    this.#parts.onProgress();
  }

  /** Resolves when the calls that are being made have ended by themselves. */
  async drained(): Promise<void> {
    await this.#calls.drained();
  }

  /** Ends the calls that are being made; they are due again. */
  abortCalls(): void {
    this.#calls.abort();
  }

  #track(job: Job, call: Call): Promise<CallResult> {
    return this.#calls.add(job.key, call, this.#run(job, call));
  }

  async #run(job: Job, call: Call): Promise<CallResult> {
    const { compose, isOurs, now, onError } = this.#parts;
    let result: CallResult = 'released';
    try {
      if (
        (!this.#state.isDurable && !(await this.#state.makeDurable())) ||
        call.ended !== null ||
        !isOurs(this.#endpoint.id)
      ) {
        this.queue.release(job, job.item.nextAt);
        return result;
      }
      const composed = compose({ endpoint: this.#endpoint, job });
      const message = composed instanceof Promise ? await composed : composed;
      const attempt = message && (await attemptDelivery(this.#parts, this.#endpoint, message, call));
      if (message === null) {
        this.queue.drop(job);
        result = 'dropped';
      } else if (attempt?.row.request.url !== this.#endpoint.url) this.queue.release(job, job.item.nextAt);
      else result = await this.#finish(job, attempt);
      this.#state.writeSoon();
    } catch (error) {
      // The store or the key, not the receiver: it is tried again soon and nobody is blamed.
      this.queue.release(job, now() + minWaitMs);
      onError(error);
    }
    return result;
  }

  async #finish(job: Job, attempt: Attempt): Promise<FinishedAttempt> {
    const { endpoint, queue } = this;
    const finished = finishAttempt(this.#parts, { endpoint, queue, job, attempt });
    if (finished.reason !== null) {
      // Written down first: the worker ends with the next step.
      await this.#state.makeDurable();
      await this.#parts.disable(endpoint, finished.reason.words, finished.reason.code);
    }
    return finished;
  }
}
