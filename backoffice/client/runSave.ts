import type PQueue from 'p-queue';
import { buildSaveRequest } from './buildSaveRequest.ts';
import type { Connectivity } from './connectivity.ts';
import type { SaveKeeper } from './outbox/saveKeeper.ts';
import type { PendingSave } from './pendingSave.ts';
import { isRecordRoute } from './recordUrl.ts';
import { retryDelayMs } from './retryDelayMs.ts';
import type { Transport } from './sendRequest.ts';
import { sendSave, type SaveAnswer } from './sendSave.ts';

/** What a save needs on its way. */
export interface RunContext {
  readonly transport: Transport;
  readonly connectivity: Connectivity;
  /** At most this many requests at once: a browser opens six connections, and time in its own line would count as time-out. */
  readonly lanes: PQueue;
  /** Called after each change of the save. */
  readonly onChange: () => void;
  /** Keeps the saves outside of the page and says whose turn it is. Default: nobody does. */
  readonly keeper?: SaveKeeper | undefined;
}

/** A definite answer; `gone` when the save was given up meanwhile, or another one has to go first. */
export type FinalAnswer = Exclude<SaveAnswer, { kind: 'again' }> | { readonly kind: 'gone' };

/**
 * Sends one save until there is a definite answer, however long that takes.
 *
 * Without a network it waits and counts no try. Each try sends the same bytes under the same key, and is admitted first where
 * the saves are kept: what is sent must not be lost, and other tabs have saves of the same record.
 */
export async function runSave(save: PendingSave, context: RunContext): Promise<FinalAnswer> {
  const { signal } = save.gone;
  for (let attempt = 1; ;) {
    await untilOnline(context.connectivity, signal);
    if (signal.aborted || (await context.keeper?.admit(save)) === false || isGone(signal)) return { kind: 'gone' };
    save.request ??= buildSaveRequest(save);
    const { request } = save;
    save.status = 'sending';
    context.onChange();
    const answer = await context.lanes.add(() => sendSave(context.transport, request, signal));
    // Read through a function: the type checker would believe that the first look still holds.
    if (isGone(signal)) return { kind: 'gone' };
    if (context.keeper?.detains(save, answer)) continue;
    if (answer.kind !== 'again') return answer;
    if (!answer.isCertain && !isRepeatable(save)) return { kind: 'refused', problem: answer.problem };
    save.status = 'waiting';
    save.problem = answer.problem;
    context.onChange();
    if (!context.connectivity.isOnline()) continue;
    const { clock } = context.transport;
    await pause(save, context, retryDelayMs(attempt, clock.random(), answer.retryAfterMs));
    attempt += 1;
  }
}

/** A POST to a route that may not know `Idempotency-Key` could happen twice; a person decides about that. */
function isRepeatable(save: PendingSave): boolean {
  return save.method !== 'POST' || isRecordRoute(save.url);
}

function isGone(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function untilOnline(connectivity: Connectivity, signal: AbortSignal): Promise<void> {
  while (!connectivity.isOnline() && !signal.aborted) {
    await new Promise<void>((resolve) => {
      const done = () => {
        stop();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const stop = connectivity.subscribe(done);
      signal.addEventListener('abort', done);
    });
  }
}

function pause(save: PendingSave, context: RunContext, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stopTimer();
      stopListening();
      save.gone.signal.removeEventListener('abort', done);
      save.wake = null;
      resolve();
    };
    const stopTimer = context.transport.clock.after(delayMs, done);
    const stopListening = context.connectivity.subscribe(done);
    save.gone.signal.addEventListener('abort', done);
    save.wake = done;
  });
}
