import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import type { Conflict, Receipt, SaveOutcome } from '../../shared/receipt.ts';
import type { SaveRequest } from './buildSaveRequest.ts';
import type { SyncResult } from './createRealtimeSyncService.ts';
import { sendRequest, type Transport } from './sendRequest.ts';
import type { SyncProblem } from './SyncRequestError.ts';

/**
 * How one try ended.
 *
 * saved     stored; leaves the queue            again     nobody knows, or not now: the same request is sent again
 * refused   a definite no                       conflict  a definite no that a person can decide
 */
export type SaveAnswer =
  | { readonly kind: 'saved'; readonly result: SyncResult }
  | {
      readonly kind: 'again';
      readonly problem: SyncProblem;
      readonly retryAfterMs: number | null;
      readonly isCertain: boolean;
    }
  | { readonly kind: 'refused'; readonly problem: SyncProblem }
  | {
      readonly kind: 'conflict';
      readonly problem: SyncProblem;
      readonly conflicts: readonly Conflict[];
      readonly current: JsonObject | null;
      readonly etag: string | null;
    };

/** Statuses of a server or of a proxy that is busy, not of one that refuses. */
const passing = new Set([408, 425, 429, 502, 503, 504]);

/** Sends a save once and says what its answer means; never throws for an HTTP status. */
export async function sendSave(transport: Transport, request: SaveRequest, gone: AbortSignal): Promise<SaveAnswer> {
  const answer = await sendRequest(transport, request, gone);
  if (answer.kind === 'lost') return { kind: 'again', problem: answer.problem, retryAfterMs: null, isCertain: false };
  const { status, headers, body, problem } = answer;
  if (problem === null) return { kind: 'saved', result: readResult(status, headers, body) };
  if (passing.has(status)) {
    // 429 and 503 come from somebody who has not stored the save; after 502 and 504 nobody knows.
    return { kind: 'again', problem, retryAfterMs: answer.retryAfterMs, isCertain: status === 429 || status === 503 };
  }
  if (status === 409 && (problem.code === 'RECORD_DELETED' || Array.isArray(problem['conflicts']))) {
    return {
      kind: 'conflict',
      problem,
      conflicts: Array.isArray(problem['conflicts']) ? (problem['conflicts'] as readonly Conflict[]) : [],
      current: isJsonObject(problem['current']) ? problem['current'] : null,
      etag: typeof problem['etag'] === 'string' ? problem['etag'] : null,
    };
  }
  return { kind: 'refused', problem };
}

const outcomes: readonly string[] = ['created', 'saved', 'unchanged', 'deleted'] satisfies SaveOutcome[];

function readResult(status: number, headers: Headers, body: JsonValue | undefined): SyncResult {
  const said = headers.get('Sync-Outcome');
  const outcome = outcomes.includes(said ?? '') ? (said as SaveOutcome) : status === 201 ? 'created' : 'saved';
  if (!isJsonObject(body)) return { outcome, record: null, etag: headers.get('ETag') };
  const { $receipt, ...record } = body;
  return {
    outcome,
    record,
    etag: headers.get('ETag'),
    ...(isJsonObject($receipt) ? { receipt: $receipt as unknown as Receipt } : {}),
  };
}
