import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { waitTurns } from './killableServer.ts';
import type { RandomNumbers } from './randomNumbers.ts';
import { sendAndTear, sendOnce, type Answered, type Sent } from './sendOnce.ts';

/** What a writer wanted, and how it was answered at last. */
export interface Deed {
  readonly way: (typeof ways)[number];
  readonly key: string;
  readonly field: string;
  readonly value: JsonValue;
  /** The record as the writer had loaded it. */
  readonly base: JsonObject;
  /** The version that was to be restored or undone. */
  readonly version: number;
  answers: readonly Answered[];
  /** The first try was torn. It may arrive after the second was refused, since a refusal keeps no key. */
  isTorn: boolean;
}

/** Fields that writers edit; small in number, so that they collide. */
export const editedFields = ['title', 'phone', 'city'] as const;

/** Every kind of save: each kind of base, of body, and the ways back. */
const ways = [
  '$base',
  'If-Match',
  'version',
  'merge patch',
  'JSON Patch',
  'blind',
  'dry run',
  'restore',
  'undo',
] as const;

/** Where a writer writes, and with what luck. */
export interface WriterOptions {
  readonly url: string;
  readonly token: string;
  readonly name: string;
  readonly random: RandomNumbers;
  readonly edits: number;
}

/**
 * Loads the record once and then edits it, each time on what it had loaded or was last answered, in any of the ways; sends
 * some edits twice at once, tears the connection of others and sends them again, and decides each conflict for its own side
 * or against it.
 */
export async function runInterleavedWriter(options: WriterOptions): Promise<readonly Deed[]> {
  const { url, token, name, random, edits } = options;
  const common = { authorization: `Bearer ${token}` };
  const deeds: Deed[] = [];
  await waitTurns(random.below(20));
  let known = await sendOnce({ method: 'GET', url, headers: common, body: null });
  for (let number = 0; number < edits; number++) {
    await waitTurns(random.below(12));
    const way = ways[random.below(ways.length)] ?? '$base';
    const version = 1 + random.below(Number(known.body['version']));
    const deed: Deed = {
      // A creation is not undone here, since that would delete the record.
      way: way === 'undo' && version < 2 ? '$base' : way,
      key: `${name}-${number}`,
      field: editedFields[random.below(editedFields.length)] ?? 'title',
      value: `${name}-${number}`,
      base: known.body,
      version,
      answers: [],
      isTorn: false,
    };
    const sent = write(deed, { url, etag: known.etag ?? '', headers: { ...common, 'idempotency-key': deed.key } });
    Object.assign(deed, await deliver(sent, random));
    deeds.push(deed);
    const [answer] = deed.answers;
    if (answer?.status === 200 && deed.way !== 'dry run' && !answer.isReplayed) {
      const { $receipt: _receipt, ...record } = answer.body;
      known = { ...answer, body: record };
    }
    const current = answer?.body['current'];
    if (answer?.status !== 409 || typeof current !== 'object' || current === null) continue;
    known = { ...answer, etag: String(answer.body['etag']), body: current as JsonObject };
    if (deed.way === 'undo' || random.below(2) === 0) continue;
    // Mine, now that the writer has seen theirs.
    const again: Deed = { ...deed, way: '$base', key: `${deed.key}-mine`, base: known.body, answers: [] };
    const headers = { ...common, 'idempotency-key': again.key };
    Object.assign(again, await deliver(write(again, { url, etag: '', headers }), random));
    deeds.push(again);
  }
  return deeds;
}

/** Sends once, twice at once, or again after a torn connection: always the same bytes under the same key. */
async function deliver(sent: Sent, random: RandomNumbers): Promise<Pick<Deed, 'answers' | 'isTorn'>> {
  const luck = random.below(8);
  if (luck === 0) return { answers: await Promise.all([sendOnce(sent), sendOnce(sent)]), isTorn: false };
  if (luck === 1) await sendAndTear(sent);
  return { answers: [await sendOnce(sent)], isTorn: luck === 1 };
}

function write(
  deed: Deed,
  to: { readonly url: string; readonly etag: string; readonly headers: Record<string, string> },
): Sent {
  const { way, field, value, base, version } = deed;
  const plain = { ...to.headers, 'content-type': 'application/json', prefer: 'receipt' };
  const matching = { ...plain, 'if-match': to.etag };
  const { version: loadedVersion, ...form } = base;
  const send = (method: string, body: unknown, headers: Record<string, string> = plain, path = ''): Sent => ({
    method,
    url: `${to.url}${path}`,
    headers,
    body: JSON.stringify(body),
  });
  switch (way) {
    case '$base':
      return send('PUT', {
        [field]: value,
        joinDate: 'forged',
        $base: { [field]: base[field], joinDate: base['joinDate'] },
      });
    case 'If-Match':
      return send('PUT', { ...form, [field]: value, views: 1000 }, matching);
    case 'version':
      return send('PUT', { ...form, version: loadedVersion, [field]: value, joinDate: null });
    case 'merge patch':
      return send(
        'PATCH',
        { [field]: value, joinDate: null },
        { ...matching, 'content-type': 'application/merge-patch+json' },
      );
    case 'JSON Patch':
      return send(
        'PATCH',
        [
          { op: 'replace', path: `/${field}`, value },
          { op: 'remove', path: '/joinDate' },
        ],
        { ...matching, 'content-type': 'application/json-patch+json' },
      );
    case 'blind':
      return send('PATCH', { [field]: value, joinDate: 'forged' });
    case 'dry run':
      return send('PUT', { [field]: value, $base: { [field]: base[field] } }, plain, '?dryRun=1');
    case 'restore':
      return send('POST', { version, fields: [field] }, plain, '/restore');
    case 'undo':
      return send('POST', { version }, plain, '/undo');
  }
}
