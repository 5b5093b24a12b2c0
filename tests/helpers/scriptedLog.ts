import { formatCursor, parseCursor } from '../../shared/cursor.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Change } from '../../shared/change.ts';
import type { ChangeEvent, ResetEvent, SyncEvent, SyncMessageEvent } from '../../shared/protocol/events.ts';
import { matchesFilters, parseFilter, type Filter } from '../../shared/protocol/filter.ts';
import type { SubscriptionRequest } from '../../shared/protocol/frames.ts';

type LogEvent = ChangeEvent | SyncMessageEvent | ResetEvent;

/** What a reader of the log is told, in turn. */
export interface ScriptedReader {
  /** Where it began. */
  readonly start: string;
  /** Everything up to here was told. */
  readonly place: string;
  /** What came since the last call. */
  read(): readonly SyncEvent[];
}

/** A log that a test writes, and that is told by the rules of the contract. */
export interface ScriptedLog {
  readonly head: string;
  readonly epoch: string;
  /** Every event, whoever it is for, with its place. */
  readonly entries: readonly LogEvent[];
  save(resource: string, id: string, record: JsonObject | null): ChangeEvent;
  message(type: string, room?: string): void;
  force(jitterMs?: number): void;
  /** As after a restore: another epoch, in which nothing happened yet. */
  replace(): void;
  /** Nothing up to this place is kept. */
  forgetUpTo(seq: number): void;
  /** Calls the listener after each entry; returns how to stop. */
  subscribe(listener: () => void): () => void;
  open(request: SubscriptionRequest): ScriptedReader;
}

/** Makes a log whose first epoch is the given number. */
export function createScriptedLog(): ScriptedLog {
  let epochNumber = 1;
  let entries: LogEvent[] = [];
  let floor = 0;
  const records = new Map<string, JsonObject>();
  const versions = new Map<string, number>();
  const listeners = new Set<() => void>();
  const epoch = () => `01890000-0000-7000-8000-${String(epochNumber).padStart(12, '0')}`;
  const cursorAt = (seq: number) => formatCursor({ epoch: epoch(), seq });
  const add = <E extends LogEvent>(event: E): E => {
    entries.push(event);
    for (const listener of listeners) listener();
    return event;
  };
  return {
    get head() {
      return cursorAt(entries.length);
    },
    get epoch() {
      return epoch();
    },
    get entries() {
      return entries;
    },
    save(resource, id, record) {
      const name = `${resource}/${id}`;
      const before = records.get(name) ?? null;
      const version = (versions.get(name) ?? 0) + 1;
      versions.set(name, version);
      if (record) records.set(name, record);
      else records.delete(name);
      const cursor = cursorAt(entries.length + 1);
      const change: Change = {
        cursor,
        seq: entries.length + 1,
        at: '2026-01-01T00:00:00.000Z',
        resource,
        id,
        operation: record === null ? 'deleted' : before === null ? 'created' : 'updated',
        version,
        record,
        before,
        patch: [],
        actor: { id: '1', name: 'Zoé', kind: 'admin' },
        mutationId: null,
        notify: true,
      };
      return add({ type: 'change', cursor, change });
    },
    message(type, room) {
      const cursor = cursorAt(entries.length + 1);
      const message = { id: `m-${cursor}`, type, payload: { text: 'Été — à bientôt' }, at: '2026-01-01T00:00:00.000Z' };
      add({ type: 'message', cursor, message: { ...message, from: null, ...(room === undefined ? {} : { room }) } });
    },
    force(jitterMs) {
      const cursor = cursorAt(entries.length + 1);
      add({ type: 'reset', cursor, scope: 'changes', reason: 'forced', ...(jitterMs ? { jitterMs } : {}) });
    },
    replace() {
      epochNumber += 1;
      entries = [];
      floor = 0;
      for (const listener of listeners) listener();
    },
    forgetUpTo(seq) {
      floor = Math.min(entries.length, Math.max(floor, seq));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open(request) {
      const wanted = request.since === undefined ? null : parseCursor(request.since);
      let at = wanted ?? { epoch: epoch(), seq: entries.length };
      const start = formatCursor(at);
      const filters = (request.filters ?? []).map(readFilter);
      return {
        start,
        get place() {
          return formatCursor(at);
        },
        read() {
          const told: SyncEvent[] = [];
          const isOther = at.epoch !== epoch();
          if (isOther || at.seq < floor || at.seq > entries.length) {
            at = { epoch: epoch(), seq: entries.length };
            const reason = isOther ? 'epoch' : 'retention';
            told.push({ type: 'reset', cursor: formatCursor(at), scope: 'changes', reason });
          }
          for (const entry of entries.slice(at.seq)) {
            const seen = view(entry, request, filters);
            if (seen) told.push(seen);
          }
          at = { epoch: epoch(), seq: entries.length };
          return told;
        },
      };
    },
  };
}

/** What somebody who follows this is told of an entry; null when nothing. Written apart from the product, to judge it. */
export function view(
  entry: LogEvent,
  wants: Pick<SubscriptionRequest, 'resources' | 'messages' | 'channels'>,
  filters: readonly Filter[],
): LogEvent | null {
  if (entry.type === 'reset') return entry;
  if (entry.type === 'message') {
    const { room } = entry.message;
    return room === undefined ? (wants.messages ? entry : null) : wants.channels?.includes(room) ? entry : null;
  }
  const { change } = entry;
  if (wants.resources && !wants.resources.includes(change.resource)) return null;
  const isIn = (record: JsonObject | null) => record !== null && matchesFilters(filters, change.resource, record);
  const [was, is] = [isIn(change.before), isIn(change.record)];
  if (!was && !is) return null;
  if (was && !is && change.record !== null)
    return { ...entry, change: { ...change, operation: 'deleted', record: null, before: null, patch: [] } };
  if (is && !was && change.before !== null)
    return { ...entry, change: { ...change, operation: 'created', before: null, patch: [] } };
  return entry;
}

/** Reads a filter that a test wrote, or fails. */
export function readFilter(text: string): Filter {
  const parsed = parseFilter(text);
  if ('fault' in parsed) throw new Error(parsed.fault);
  return parsed.filter;
}

/** A subscription as the query of an address says it. */
export function requestOfQuery(query: URLSearchParams): SubscriptionRequest {
  const list = (name: string) =>
    query
      .get(name)
      ?.split(',')
      .filter((item) => item !== '');
  const [resources, channels, since] = [list('resources'), list('channels'), query.get('since')];
  return {
    ...(resources ? { resources } : {}),
    filters: query.getAll('filter'),
    messages: query.get('messages') === '1',
    ...(channels ? { channels } : {}),
    ...(since === null || since === '0' ? {} : { since }),
  };
}
