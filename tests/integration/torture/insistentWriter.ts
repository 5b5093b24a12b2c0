import { Agent, fetch } from 'undici';
import type { JsonObject } from '../../../shared/json.ts';
import type { AcknowledgedSave } from './savingClient.ts';

/** One writer that goes on until it is stopped. */
export interface InsistentWriterOptions {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly isStopped: () => boolean;
  readonly onAcknowledged: (save: AcknowledgedSave) => void;
  /** Answers that are neither success nor an invitation to come again. */
  readonly onFault: (fault: string) => void;
  /** How long each answer, or the break of its connection, took, with its status; 0 for a break. */
  readonly onAnswer: (status: number, tookMs: number) => void;
}

/** An answer that takes longer never comes. */
const hangsAfterMs = 60_000;

/** Makes one save after the other, each over a connection of its own, and sends one again with its key until it is acknowledged. */
export async function runInsistentWriter(options: InsistentWriterOptions): Promise<void> {
  const { name, isStopped } = options;
  const agent = new Agent({ pipelining: 0 });
  try {
    for (let number = 0; !isStopped(); number += 1) {
      const [key, id] = [`${name}-${number}`, `${name}-note-${Math.floor(number / 3) % 20}`];
      const isNew = number % 3 === 0 && number < 60;
      if (isNew)
        await insist(options, agent, { key, method: 'POST', resource: 'notes', id, fields: { id, value: key } });
      else if (number % 3 === 2)
        await insist(options, agent, { key, method: 'PATCH', resource: 'board', id: 'main', fields: { [name]: key } });
      else await insist(options, agent, { key, method: 'PATCH', resource: 'notes', id, fields: { value: key } });
    }
  } finally {
    await agent.destroy();
  }
}

interface Save {
  readonly key: string;
  readonly method: 'POST' | 'PATCH';
  readonly resource: string;
  readonly id: string;
  readonly fields: JsonObject;
}

async function insist(options: InsistentWriterOptions, agent: Agent, save: Save): Promise<void> {
  const { key, method, resource, id, fields } = save;
  const url = `${options.url}/api/${resource}${method === 'POST' ? '' : `/${id}`}`;
  for (;;) {
    const began = performance.now();
    let [status, kind, retryAfter, text] = [0, '', null as string | null, ''];
    try {
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${options.token}`,
        'idempotency-key': key,
      };
      const signal = AbortSignal.timeout(hangsAfterMs);
      const answer = await fetch(url, { method, headers, body: JSON.stringify(fields), dispatcher: agent, signal });
      text = await answer.text();
      ({ status } = answer);
      kind = answer.headers.get('content-type') ?? '';
      retryAfter = answer.headers.get('retry-after');
    } catch (error) {
      // The node was killed: whether it saved, nobody knows, and the key makes it safe to ask again.
      if ((error as Error).name === 'TimeoutError') options.onFault(`${key} hung`);
      status = 0;
    }
    options.onAnswer(status, performance.now() - began);
    if (status === 200 || status === 201) {
      const stored = JSON.parse(text) as JsonObject;
      options.onAcknowledged({ key, resource, id, version: Number(stored['version']), fields });
      return;
    }
    if (status === 0) continue;
    const isInvitation = status === 503 && kind.startsWith('application/problem+json') && Number(retryAfter) > 0;
    if (!isInvitation) options.onFault(`${key} was answered with ${status}, Retry-After ${retryAfter}: ${text}`);
    // A conflict or the like is told once and not repeated for ever.
    if (status !== 503) return;
  }
}
