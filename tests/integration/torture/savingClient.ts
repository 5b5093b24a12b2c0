import type { JsonObject } from '../../../shared/json.ts';
import type { KillableServer } from './killableServer.ts';

/** A save that the server said it has stored. */
export interface AcknowledgedSave {
  readonly key: string;
  readonly resource: string;
  readonly id: string;
  readonly version: number;
  /** The fields as they were sent. */
  readonly fields: JsonObject;
}

/** One client: saves one thing after the other, on a connection that it keeps. */
export interface SavingClientOptions {
  readonly name: string;
  readonly server: KillableServer;
  readonly token: string;
  /** How many saves it makes. */
  readonly saves: number;
  readonly onAcknowledged: (save: AcknowledgedSave) => void;
}

/**
 * Makes its saves, and sends one again with the same key when the server died before it answered.
 *
 * Of each three saves, one creates a record, one edits it, and one edits the record that all clients edit.
 *
 * Errors  a plain error when the server answers with anything but 2xx
 */
export async function runSavingClient(options: SavingClientOptions): Promise<void> {
  const { name } = options;
  for (let number = 0; number < options.saves; number += 1) {
    const key = `${name}-${number}`;
    const note = `${name}-note-${Math.floor(number / 3)}`;
    if (number % 3 === 0) await save(options, key, 'POST', 'notes', note, { id: note, value: key });
    else if (number % 3 === 1)
      await save(options, key, 'PATCH', 'notes', note, { value: key, text: 'x'.repeat(number % 500) });
    else await save(options, key, 'PATCH', 'board', 'main', { [name]: key });
  }
}

async function save(
  { server, token, onAcknowledged }: SavingClientOptions,
  key: string,
  method: 'POST' | 'PATCH',
  resource: string,
  id: string,
  fields: JsonObject,
): Promise<void> {
  const path = method === 'POST' ? `/api/${resource}` : `/api/${resource}/${id}`;
  for (;;) {
    const url = await server.url();
    const answer = await send(`${url}${path}`, method, token, key, fields);
    if (answer === null) continue;
    const { version, ...stored } = answer;
    for (const [field, value] of Object.entries(fields)) {
      if (stored[field] !== value)
        throw new Error(`The answer to ${key} has ${field} ${JSON.stringify(stored[field])}.`);
    }
    onAcknowledged({ key, resource, id, version: Number(version), fields });
    return;
  }
}

/** The answer, or null when the connection broke: then nobody knows whether the save happened. */
async function send(
  url: string,
  method: string,
  token: string,
  key: string,
  body: JsonObject,
): Promise<JsonObject | null> {
  let status: number;
  let answer: unknown;
  try {
    const response = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'idempotency-key': key },
      body: JSON.stringify(body),
    });
    ({ status } = response);
    answer = await response.json();
  } catch {
    // The server was killed, or was gone already; the key makes it safe to ask again.
    return null;
  }
  if (status === 200 || status === 201) return answer as JsonObject;
  throw new Error(`${method} ${url} was answered with ${status}: ${JSON.stringify(answer)}`);
}
