import type { Change } from '../../shared/change.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { SyncEvent } from '../../shared/protocol/events.ts';
import { fillBindings } from './fillBindings.ts';

/** Options of a public page. */
export interface SiteOptions {
  /** Origin and path before `/api/…`. Default `''`, the same origin. */
  readonly backendUrl?: string;
  /** Default `['settings']`. */
  readonly resources?: readonly string[];
}

/** Everything that a visitor may read, as one answer; `detail` of the event `backoffice:snapshot`. */
export interface SiteSnapshot {
  readonly cursor: string;
  readonly records: Readonly<Record<string, JsonObject | readonly JsonObject[] | null>>;
}

/** `detail` of the event `backoffice:sync`; `paused` while the tab is hidden. */
export interface SiteStatus {
  readonly state: 'connecting' | 'live' | 'paused';
  readonly since: Date;
}

/** A connected page. */
export interface SiteConnection {
  close(): void;
}

/** What is known of one record, and how new that is. */
interface Known {
  readonly epoch: string;
  readonly version: number;
  readonly record: JsonObject | null;
}

/**
 * Keeps a public page as its records are, without a reload.
 *
 * Raises on `window`   `backoffice:snapshot`, `backoffice:<resource>-created|updated|deleted` (detail: the change), `backoffice:sync`
 * Fills                elements with `data-bo-bind="settings.companyName"` or `team.<id>.name`, see fillBindings
 */
export function connectSite({ backendUrl = '', resources = ['settings'] }: SiteOptions = {}): SiteConnection {
  const names = `resources=${resources.map(encodeURIComponent).join()}`;
  let known = new Map<string, Known>();
  let cursor = '';
  let failures = 0;
  let isClosed = false;
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts the beginnings, so that the answer to an abandoned one is not taken. */
  let turn = 0;

  const raise = (name: string, detail: unknown) =>
    void dispatchEvent(new CustomEvent(`backoffice:${name}`, { detail }));
  const tell = (state: SiteStatus['state']) => raise('sync', { state, since: new Date() } satisfies SiteStatus);

  const stop = () => {
    turn += 1;
    source?.close();
    clearTimeout(timer);
  };

  const retry = () => {
    stop();
    tell('connecting');
    // The first try within half a second, then up to three: chance keeps the visitors of a restarted server apart.
    timer = setTimeout(begin, Math.random() * Math.min(3000, 500 * 2 ** failures++));
  };

  const begin = () => {
    stop();
    if (isClosed) return;
    if (document.hidden) return tell('paused');
    if (cursor) listen();
    else void load(turn);
  };

  const load = async (mine: number) => {
    try {
      const response = await fetch(`${backendUrl}/api/sync/snapshot?${names}`, {
        cache: 'no-store',
        signal: AbortSignal.timeout(15_000),
      });
      const snapshot: unknown = await response.json();
      if (mine !== turn) return;
      if (!response.ok) return retry();
      take(snapshot as SiteSnapshot);
      listen();
    } catch {
      if (mine === turn) retry(); // No network, or an answer that is no JSON: both pass.
    }
  };

  const take = (snapshot: SiteSnapshot) => {
    const isFirst = known.size === 0;
    cursor = snapshot.cursor;
    known = new Map();
    for (const [resource, value] of Object.entries(snapshot.records)) {
      const isList = Array.isArray(value);
      for (const record of (isList ? value : value ? [value] : []) as readonly JsonObject[]) {
        known.set(isList ? `${resource}.${String(record['id'])}` : resource, {
          epoch: epochOf(cursor),
          version: Number(record['version']),
          record,
        });
      }
    }
    fillBindings('', read, !isFirst);
    raise('snapshot', snapshot);
  };

  const listen = () => {
    const opened = new EventSource(`${backendUrl}/api/sync/stream?${names}&since=${encodeURIComponent(cursor)}`);
    source = opened;
    opened.onopen = () => {
      failures = 0;
      tell('live');
    };
    opened.onerror = retry;
    opened.onmessage = ({ data }: MessageEvent<string>) => {
      const event = JSON.parse(data) as SyncEvent;
      if (event.type === 'change') {
        cursor = event.cursor;
        apply(event.change);
      } else if (event.type === 'reset') {
        cursor = '';
        begin();
      }
    };
  };

  const apply = (change: Change) => {
    const { resource, id, version, record, operation, counts } = change;
    const key = known.has(resource) || id === 'main' ? resource : `${resource}.${id}`;
    const epoch = epochOf(change.cursor);
    const last = known.get(key);
    // Epochs are uuids v7: a later one is the greater text. Counts move without a new version.
    if (last && (epoch < last.epoch || (epoch === last.epoch && version <= last.version - (counts ? 1 : 0)))) return;
    if (record || operation === 'deleted') {
      known.set(key, { epoch, version, record });
      fillBindings(`${key}.`, read, true);
    } else {
      // Told without its fields (`live: 'notify'`): only a load brings them.
      cursor = '';
      begin();
    }
    raise(`${resource}-${operation}`, change);
  };

  const read = (path: string): JsonValue | undefined => {
    const [resource = '', ...rest] = path.split('.');
    const isSingle = known.has(resource);
    const found = known.get(isSingle ? resource : `${resource}.${rest.shift() ?? ''}`);
    if (!found) return undefined;
    let value: JsonValue | undefined = found.record;
    for (const name of rest) value = (value as JsonObject | null | undefined)?.[name];
    return value ?? null;
  };

  addEventListener('online', begin);
  document.addEventListener('visibilitychange', begin);
  begin();

  return {
    close() {
      isClosed = true;
      stop();
      removeEventListener('online', begin);
      document.removeEventListener('visibilitychange', begin);
    },
  };
}

function epochOf(cursor: string): string {
  return cursor.split(':')[0] ?? '';
}
