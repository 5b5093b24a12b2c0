import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { jsonEquals } from '../../shared/merge/jsonEquals.ts';
import type { Conflict } from '../../shared/receipt.ts';
import type { RealtimeSyncService, SyncResult } from './createRealtimeSyncService.ts';
import { SyncRequestError, type SyncProblem } from './SyncRequestError.ts';

/**
 * What a form shows; a new object after each change.
 *
 *   loading ──► idle ──save──► saving ──► idle          (stored)
 *                 ▲                 ├──► conflict       parked: `decide` or `discard` ends it
 *                 └─────set─────────┴──► failed         with the problem; what was typed stays
 */
export interface ResourceFormState {
  readonly status: 'loading' | 'idle' | 'saving' | 'conflict' | 'failed';
  /** The newest stored record; null before it is there. */
  readonly record: JsonObject | null;
  /** The record with what is typed. */
  readonly values: JsonObject;
  /** The fields that are typed and not stored. */
  readonly dirty: readonly string[];
  readonly problem: SyncProblem | null;
  readonly conflicts: readonly Conflict[];
}

/** The form of one record; each field that is typed in keeps what it started from, so a colleague's change is merged. */
export interface ResourceForm {
  getState(): ResourceFormState;
  /** Calls the listener after each change of the state; returns how to stop. */
  subscribe(listener: () => void): () => void;
  /** Reads the record; again after something was missed. */
  load(): Promise<void>;
  set(name: string, value: JsonValue): void;
  /** Takes a record that was stored elsewhere: it is shown in the fields that nobody types in. An older one changes nothing. */
  receive(record: JsonObject): void;
  /** Saves what is typed; resolves to whether all of it is stored. */
  save(): Promise<boolean>;
  /** Ends a conflict: mine, theirs, or these fields; what only one side changed is kept from both. */
  decide(choice: 'mine' | 'theirs' | JsonObject): Promise<boolean>;
  /** Goes back to what is stored. */
  discard(): void;
}

interface Edit {
  readonly value: JsonValue;
  readonly base: JsonValue | undefined;
}

/** Makes the form of the record at a URL; nothing is read before `load`. */
export function createResourceForm(of: { readonly service: RealtimeSyncService; readonly url: string }): ResourceForm {
  const { service, url } = of;
  const listeners = new Set<() => void>();
  const edits = new Map<string, Edit>();
  let sent = new Map<string, Edit>();
  let parked: string | null = null;
  let record: JsonObject | null = null;
  let running: Promise<boolean> | null = null;
  let state: ResourceFormState;

  const publish = (change: Partial<Pick<ResourceFormState, 'status' | 'problem' | 'conflicts'>> = {}): void => {
    const values = { ...record, ...Object.fromEntries([...edits].map(([name, { value }]) => [name, value])) };
    state = { ...state, ...change, record, values, dirty: [...edits.keys()] };
    for (const listener of [...listeners]) listener();
  };
  state = { status: 'loading', record, values: {}, dirty: [], problem: null, conflicts: [] };

  const take = (next: JsonObject): void => {
    if (Number(next['version'] ?? 0) < Number(record?.['version'] ?? 0)) return;
    record = next;
    for (const [name, { value }] of edits) if (jsonEquals(value, next[name])) edits.delete(name);
  };
  const stored = ({ record: next }: SyncResult): boolean => {
    for (const [name, { value }] of sent) {
      const edit = edits.get(name);
      if (edit === undefined || jsonEquals(edit.value, value)) edits.delete(name);
      // Typed on while the save was on its way: the new text starts from what that save said.
      else edits.set(name, { ...edit, base: value });
    }
    parked = null;
    if (next !== null) take(next);
    publish({ status: 'idle', problem: null, conflicts: [] });
    return edits.size === 0;
  };
  const refused = (error: unknown): boolean => {
    if (!(error instanceof SyncRequestError)) throw error;
    const { problem, conflicts, current, entryId } = error;
    if (current) take(current);
    if (conflicts.length > 0) {
      parked = entryId;
      publish({ status: 'conflict', problem, conflicts });
      return false;
    }
    // The form holds what was typed: the next save is made from it.
    if (entryId !== null) service.discard(entryId);
    publish({ status: 'failed', problem, conflicts: [] });
    return false;
  };
  const send = (request: () => Promise<SyncResult>): Promise<boolean> => {
    running ??= request()
      .then(stored, refused)
      .finally(() => {
        running = null;
      });
    publish({ status: 'saving' });
    return running;
  };

  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async load() {
      try {
        take((await service.load(url)).record);
        publish(state.status === 'loading' || state.status === 'failed' ? { status: 'idle', problem: null } : {});
      } catch (error) {
        if (!(error instanceof SyncRequestError)) throw error;
        publish({ status: 'failed', problem: error.problem });
      }
    },
    set(name, value) {
      const base = edits.has(name) ? edits.get(name)?.base : record?.[name];
      if (jsonEquals(value, record?.[name])) edits.delete(name);
      else edits.set(name, { value, base });
      publish();
    },
    receive(next) {
      take(next);
      publish();
    },
    async save() {
      if (parked !== null) return false;
      if (running !== null) await running;
      if (edits.size === 0 || parked !== null) return edits.size === 0;
      sent = new Map(edits);
      const data = Object.fromEntries([...sent].map(([name, { value }]) => [name, value]));
      const bases = [...sent].flatMap(([name, { base }]) => (base === undefined ? [] : [[name, base] as const]));
      return send(() => service.sync(url, 'PATCH', data, { base: Object.fromEntries(bases) }));
    },
    async decide(choice) {
      const id = parked;
      if (id === null) return edits.size === 0;
      return send(async () => service.resolve(id, choice));
    },
    discard() {
      edits.clear();
      if (parked !== null) service.discard(parked);
      parked = null;
      publish({ status: 'idle', problem: null, conflicts: [] });
    },
  };
}
