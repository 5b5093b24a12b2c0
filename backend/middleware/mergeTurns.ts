import type { Request, Response } from 'express';
import type { JsonObject } from '../../shared/json.ts';
import type { MergeState } from './mergeState.ts';
import type { RecordLock } from './recordLock.ts';
import { takeTurn } from './recordTurn.ts';

/** A request that needs turns, and how long it waits for each. */
export interface TurnNeed {
  readonly request: Request;
  readonly response: Response;
  readonly state: MergeState;
  readonly lock: RecordLock;
  readonly lockTimeoutMs: number;
}

/** The turns of one merge. */
export interface MergeTurns {
  /** Takes the turn of the address; false when the client left before it came. */
  takeAddress(): Promise<boolean>;
  /** To be called before each reading of the record whose own turn is taken after it. */
  beforeLoad(): void;
  /**
   * Takes the turn of the record's own id too, since two addresses may lead to it ("01" and "1", a slug and a number).
   *
   * Shape   `read again`: the turn is held, and what was read before may be old
   */
  takeOwn(current: JsonObject): Promise<'held' | 'read again' | 'left'>;
}

/** How many own turns have ended that were taken by an address which is not the record's id. */
let endedByOthers = 0;

/**
 * The two turns that a merge of one address takes.
 *
 * Nobody waits in a circle: every save takes the turn of its address first and the one of the record second, in a room of
 * its own, and whoever holds this one waits for nothing more. A request that holds a turn has it for all its smartMerges.
 * Only a request that merges two records may wait in a circle, with one that merges them the other way round: SAVE_BUSY ends it.
 *
 * Errors  SAVE_BUSY when a turn does not come in time
 */
export function createMergeTurns(need: TurnNeed, of: { readonly resource: string; readonly id: string }): MergeTurns {
  const { request, response, state, lock, lockTimeoutMs } = need;
  let own: string | null = null;
  let endedBefore = 0;

  async function take(name: string, onEnd?: () => void): Promise<boolean> {
    const giveBack = await takeTurn({
      lock,
      name,
      request,
      response,
      timeoutMs: lockTimeoutMs,
      afterResponse: () => Promise.all(state.afterResponse.map((told) => told())),
      ...(onEnd ? { onEnd } : {}),
    });
    if (giveBack) {
      state.turns.set(name, giveBack);
      return true;
    }
    // Nobody is there to be answered, so no answer will ever end the turns that were taken before.
    for (const end of state.turns.values()) end();
    state.turns.clear();
    return false;
  }

  /** The record is another one by now (its slug was given away): its own turn is another one too. */
  function dropOwn(): void {
    if (own === null) return;
    state.turns.get(own)?.();
    state.turns.delete(own);
    own = null;
  }

  return {
    takeAddress: async () => {
      const name = `${of.resource}/${of.id}`;
      return state.turns.has(name) || (await take(name));
    },
    beforeLoad: () => {
      endedBefore = endedByOthers;
    },
    takeOwn: async (current) => {
      const value = current['id'];
      const id = typeof value === 'number' || typeof value === 'string' ? String(value) : of.id;
      const name = `own ${of.resource}/${id}`;
      if (state.turns.has(name)) return 'held';
      dropOwn();
      const isOther = id !== of.id;
      if (!(await take(name, isOther ? () => (endedByOthers += 1) : undefined))) return 'left';
      own = name;
      // Only another address may have written since: the own one has had its turn all the time.
      return isOther || endedByOthers !== endedBefore ? 'read again' : 'held';
    },
  };
}
