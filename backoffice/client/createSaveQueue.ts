import PQueue from 'p-queue';
import type { JsonObject } from '../../shared/json.ts';
import type { SyncResult } from './createRealtimeSyncService.ts';
import { createUuid } from './createUuid.ts';
import { followAnswer, settleRefusal } from './followAnswer.ts';
import { canJoin, joinSaves } from './joinSaves.ts';
import type { PendingSave, Waiter } from './pendingSave.ts';
import { resolveSave, type ConflictChoice } from './resolveSave.ts';
import { runSave, type FinalAnswer, type RunContext } from './runSave.ts';
import { SyncRequestError, type SyncProblem } from './SyncRequestError.ts';

/** What the queue needs, and whom it tells. */
export interface SaveQueueOptions extends RunContext {
  /** Milliseconds of quiet in which edits join. */
  readonly coalesceMs: number;
  readonly onSaved: (save: PendingSave, result: SyncResult) => void;
  readonly onProblem: (problem: SyncProblem) => void;
}

/** All pending saves of a page: one chain per record. */
export interface SaveQueue {
  /** Adds a save, or joins it to a waiting one; a parked one stays parked. `isPatient` gives other edits a moment to join. */
  add(save: PendingSave, chainKey: string, isPatient: boolean): Promise<SyncResult>;
  /** In the order in which they were added. */
  list(): readonly PendingSave[];
  retry(id?: string): void;
  /** `problem` is what its promise rejects with. */
  discard(id: string, problem?: SyncProblem): void;
  resolve(id: string, choice: ConflictChoice): Promise<SyncResult>;
  close(): void;
}

/** The saves of one record, in order; `lane` sends one at a time and is paused while a conflict is undecided. */
interface Chain {
  readonly lane: PQueue;
  readonly saves: PendingSave[];
}

const discarded: SyncProblem = { code: 'DISCARDED', title: 'The save was discarded', status: 0 };

/** A long line of edits is sent after this many quiet times, even if it never pauses. */
const longestWait = 10;

/** Makes an empty queue. */
export function createSaveQueue(options: SaveQueueOptions): SaveQueue {
  const chains = new Map<string, Chain>();
  const all = new Map<string, { save: PendingSave; chain: Chain }>();
  const { clock } = options.transport;

  const wait = (save: PendingSave) =>
    new Promise<SyncResult>((resolve, reject) => void save.waiters.push({ resolve, reject }));

  const chainOf = (key: string): Chain => {
    // Chains without saves are forgotten here, or a page that is open for a week keeps one per record.
    for (const [name, chain] of chains) if (chain.saves.length === 0 && chain.lane.pending === 0) chains.delete(name);
    const chain = chains.get(key) ?? { lane: new PQueue({ concurrency: 1 }), saves: [] };
    chains.set(key, chain);
    return chain;
  };

  const remove = (chain: Chain, save: PendingSave): void => {
    const at = chain.saves.indexOf(save);
    if (at !== -1) chain.saves.splice(at, 1);
    all.delete(save.id);
  };

  const enter = (chain: Chain, save: PendingSave, priority = 0): void => {
    save.status = 'waiting';
    void chain.lane.add(() => execute(chain, save), { priority });
  };

  const enterLater = (chain: Chain, save: PendingSave): void => {
    const deadline = clock.now() + options.coalesceMs * longestWait;
    let stopTimer = () => {};
    save.flush = () => {
      stopTimer();
      save.flush = null;
      save.touch = null;
      enter(chain, save);
    };
    save.touch = () => {
      stopTimer();
      stopTimer = clock.after(Math.max(0, Math.min(options.coalesceMs, deadline - clock.now())), () => save.flush?.());
    };
    save.touch();
  };

  // By identity: a save that went to another tab may be back under its id.
  const isHere = (save: PendingSave): boolean => all.get(save.id)?.save === save;

  const execute = async (chain: Chain, save: PendingSave): Promise<void> => {
    if (!isHere(save)) return;
    const answer = await runSave(save, options);
    if (!isHere(save)) return;
    if (answer.kind === 'gone') enter(chain, save);
    else finish(chain, save, answer);
  };

  const finish = (chain: Chain, save: PendingSave, answer: Exclude<FinalAnswer, { kind: 'gone' }>): void => {
    const waiters = save.waiters.splice(0);
    switch (answer.kind) {
      case 'saved': {
        const emptied = followAnswer(chain.saves, save, answer.result, () => createUuid(clock.now()));
        remove(chain, save);
        for (const superseded of emptied) remove(chain, superseded);
        options.onSaved(save, answer.result);
        options.onChange();
        for (const waiter of waiters) waiter.resolve(answer.result);
        return;
      }
      case 'conflict':
      case 'refused': {
        settleRefusal(save, answer, createUuid(clock.now()));
        if (save.status === 'conflict') chain.lane.pause();
        options.onChange();
        options.onProblem(answer.problem);
        refuse(waiters, answer.problem, save);
      }
    }
  };

  const add: SaveQueue['add'] = (save, chainKey, isPatient) => {
    const chain = chainOf(chainKey);
    const last = chain.saves.at(-1);
    if (last && (isPatient || chain.lane.isPaused) && canJoin(last, save)) {
      Object.assign(last, joinSaves(last, save));
      last.touch?.();
      options.onChange();
      return wait(last);
    }
    chain.saves.push(save);
    all.set(save.id, { save, chain });
    const answer = wait(save);
    for (const earlier of chain.saves) if (earlier !== save) earlier.flush?.();
    if (isPatient) enterLater(chain, save);
    else if (save.status === 'conflict') chain.lane.pause();
    else if (save.status === 'waiting') enter(chain, save);
    options.onChange();
    return answer;
  };

  const discard: SaveQueue['discard'] = (id, problem = discarded) => {
    const found = all.get(id);
    if (!found) return;
    const { save, chain } = found;
    const isParked = save.status === 'conflict';
    if (isParked && save.current) {
      const unchanged: SyncResult = { outcome: 'unchanged', record: save.current, etag: null };
      followAnswer(chain.saves, save, unchanged, null);
    }
    remove(chain, save);
    save.gone.abort();
    save.touch = null;
    save.flush = null;
    if (isParked) chain.lane.start();
    options.onChange();
    refuse(save.waiters.splice(0), problem, save);
  };

  const again = (chain: Chain, save: PendingSave): void => {
    const isParked = save.status === 'conflict';
    save.problem = null;
    enter(chain, save, 1);
    if (isParked) chain.lane.start();
  };

  return {
    add,
    list: () => [...all.values()].map((found) => found.save),
    retry(id) {
      for (const { save, chain } of [...all.values()]) {
        if (id !== undefined && save.id !== id) continue;
        if (save.status === 'failed' || (save.status === 'conflict' && id !== undefined)) again(chain, save);
        else save.wake?.();
      }
      options.onChange();
    },
    discard,
    async resolve(id, choice) {
      const found = all.get(id);
      if (found?.save.status !== 'conflict') {
        throw new SyncRequestError({
          code: 'NO_CONFLICT',
          title: 'There is no conflict to resolve',
          status: 0,
          detail: `"${id}" is not in conflict.`,
        });
      }
      const { save, chain } = found;
      const done = resolveSave(chain.saves, save, choice);
      if (done) {
        discard(id);
        return done;
      }
      const answer = wait(save);
      again(chain, save);
      options.onChange();
      return answer;
    },
    close() {
      for (const { save, chain } of [...all.values()]) {
        remove(chain, save);
        save.gone.abort();
        save.flush = null;
        save.touch = null;
        refuse(save.waiters.splice(0), { code: 'CLOSED', title: 'The page stopped saving', status: 0 }, save);
      }
      options.onChange();
    },
  };
}

function refuse(waiters: readonly Waiter[], problem: SyncProblem, save: PendingSave): void {
  const isConflict = save.status === 'conflict';
  const about: { conflicts?: PendingSave['conflicts']; current?: JsonObject | null } = isConflict
    ? { conflicts: save.conflicts, current: save.current }
    : {};
  for (const waiter of waiters) waiter.reject(new SyncRequestError(problem, { ...about, entryId: save.id }));
}
