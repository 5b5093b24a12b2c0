import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { merge } from '../../shared/merge/index.ts';
import type { FieldReceipt } from '../../shared/receipt.ts';

/** One field that a request or a colleague has really changed. */
export interface AppliedChange {
  readonly path: string;
  readonly field: string;
  readonly before: JsonValue | undefined;
  readonly value: JsonValue;
  /** Null for a colleague. */
  readonly user: string | null;
}

/** An answer as `fetch` gives it. */
export interface ServerAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: JsonValue;
}

/** A backend in memory that follows docs/http.md as far as saves go, and writes down what it did. */
export interface OutboxServer {
  /** Whose cookie the browser has. */
  user: string | null;
  readonly records: Map<string, JsonObject>;
  readonly applied: AppliedChange[];
  /** What must never happen, in words. */
  readonly faults: string[];
  conflicts: number;
  change(path: string, field: string, value: string): void;
  /** `user`: whose cookie came with the request. */
  answer(user: string | null, request: { method: string; path: string; headers: Headers; text: string }): ServerAnswer;
}

const epoch = '01890000-0000-7000-8000-000000000000';

/** Makes a server with these records by path. */
export function createOutboxServer(records: Readonly<Record<string, JsonObject>>): OutboxServer {
  const answers = new Map<string, { text: string; answer: ServerAnswer }>();
  const etagOf = (path: string) => `"${epoch}.${String(server.records.get(path)?.['version'] ?? 0)}"`;
  const problem = (status: number, code: string, extra: JsonObject = {}): ServerAnswer => ({
    status,
    headers: {},
    body: { type: 'about:blank', title: code, status, code, ...extra },
  });
  const note = (path: string, before: JsonObject, after: JsonObject, user: string | null) => {
    for (const [field, value] of Object.entries(after)) {
      if (field === 'version' || field === 'id' || value === undefined || before[field] === value) continue;
      server.applied.push({ path, field, before: before[field], value, user });
    }
  };
  const save = (method: string, path: string, body: JsonObject, user: string, isBlind: boolean): ServerAnswer => {
    const { $base, $unset: _unset, version: _version, ...mine } = body;
    const current = server.records.get(path);
    if (method !== 'POST' && !current) return problem(404, 'NOT_FOUND');
    if (method === 'POST' && current) return problem(409, 'ALREADY_EXISTS');
    if (Object.values(mine).some((value) => String(value).startsWith('bad'))) {
      return problem(422, 'INVALID', { errors: [{ path: '/a', code: 'bad', message: 'Not allowed' }] });
    }
    const theirs = current ?? {};
    const base = isJsonObject($base) ? $base : isBlind || method === 'POST' ? theirs : null;
    if (base === null) return problem(428, 'BASE_REQUIRED');
    const { merged, conflicts } = merge({ base, mine, theirs, unset: [] });
    if (conflicts.length > 0) {
      server.conflicts += 1;
      const named = conflicts.map((one) => ({ ...one, author: 'B', at: null })) as unknown as JsonValue;
      return problem(409, 'CONFLICT', { conflicts: named, current: theirs, etag: etagOf(path) });
    }
    const fields = Object.entries(mine).map(([name, value]): FieldReceipt => {
      const isMine = value !== base[name];
      const status = value === theirs[name] ? 'unchanged' : isMine ? 'applied' : 'merged';
      return { path: `/${name}`, status };
    });
    const isChanged = fields.some(({ status }) => status === 'applied');
    if (isChanged) {
      const after = { ...(merged as JsonObject), version: Number(theirs['version'] ?? 0) + 1 };
      note(path, theirs, after, user);
      server.records.set(path, after);
    }
    const outcome = method === 'POST' ? 'created' : isChanged ? 'saved' : 'unchanged';
    return {
      status: method === 'POST' ? 201 : 200,
      headers: { ETag: etagOf(path), 'Sync-Outcome': outcome },
      body: { ...server.records.get(path), $receipt: { outcome, fields } as unknown as JsonValue },
    };
  };
  const server: OutboxServer = {
    user: null,
    records: new Map(Object.entries(records).map(([path, record]) => [path, { ...record, version: 1 }])),
    applied: [],
    faults: [],
    conflicts: 0,
    change(path, field, value) {
      const before = server.records.get(path);
      if (!before) return;
      const after = { ...before, [field]: value, version: Number(before['version']) + 1 };
      note(path, before, after, null);
      server.records.set(path, after);
    },
    answer(user, { method, path, headers, text }) {
      if (user === null || server.user === null) return problem(401, 'LOGIN_REQUIRED');
      if (method === 'GET') {
        const record = server.records.get(path);
        return record ? { status: 200, headers: { ETag: etagOf(path) }, body: record } : problem(404, 'NOT_FOUND');
      }
      const key = headers.get('Idempotency-Key') ?? '';
      const known = answers.get(key);
      if (known) {
        if (known.text === text) return known.answer;
        server.faults.push(`The key ${key} came with other bytes`);
        return problem(422, 'KEY_REUSED');
      }
      const body = JSON.parse(text) as JsonObject;
      const target = method === 'POST' ? `${path}/${String(body['id'])}` : path;
      const answer = save(method, target, body, user, headers.get('If-Match') === '*');
      if (answer.status < 400) answers.set(key, { text, answer });
      return answer;
    },
  };
  return server;
}
