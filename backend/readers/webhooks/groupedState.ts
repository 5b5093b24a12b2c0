import type { JsonValue } from '../../../shared/json.ts';
import type { StatePut, StateStore } from '../../stores/store.ts';

interface Waiting {
  readonly put: StatePut;
  readonly resolve: (revision: number | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Values of one write. */
const maxGroup = 500;

/**
 * State whose conditional writes of one bucket travel together where the store can do that: the states of many endpoints
 * that change at the same moment are one write.
 */
export function createGroupedState(state: StateStore, bucket: string): StateStore {
  if (state.putMany === undefined) return state;
  const { putMany } = state;
  const waiting: Waiting[] = [];
  let isWriting = false;

  async function write(): Promise<void> {
    isWriting = true;
    // One turn, so that changes of the same moment meet; what comes while a write runs is the next one.
    await Promise.resolve();
    while (waiting.length > 0) {
      const group = waiting.splice(0, maxGroup);
      try {
        const revisions = await putMany?.call(state, bucket, group.map(({ put }) => put)); // prettier-ignore
        group.forEach(({ resolve }, index) => resolve(revisions?.[index] ?? null));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    isWriting = false;
  }

  return {
    get: (of, key) => state.get(of, key),
    list: (of) => state.list(of),
    delete: (of, key) => state.delete(of, key),
    put(of, key, value: JsonValue, options = {}) {
      const { ifRevision, expiresAt } = options;
      if (of !== bucket || ifRevision === undefined || expiresAt !== undefined)
        return state.put(of, key, value, options);
      return new Promise((resolve, reject) => {
        waiting.push({ put: { key, value, ifRevision }, resolve, reject });
        if (!isWriting) void write();
      });
    },
  };
}
