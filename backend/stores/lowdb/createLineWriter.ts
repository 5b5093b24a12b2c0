import type { DeliveryDetail, DeliveryRow } from '../../log/deliveryLog.ts';

/** The JSON of a row, with what travelled or without. */
export type LineWriter = (id: string, detail: Omit<DeliveryDetail, 'id'>, withParts: boolean) => string;

/** Bodies whose JSON is kept for the next row with the same one. */
const maxBodies = 64;

/**
 * Creates the writer of lines. A change goes to many endpoints with one body, which is the most of a row: its JSON is made once
 * and put into the row of each.
 */
export function createLineWriter(): LineWriter {
  const bodies = new Map<string, string>();

  function bodyJson(body: string): string {
    const known = bodies.get(body);
    if (known !== undefined) return known;
    const made = JSON.stringify(body);
    bodies.set(body, made);
    const [oldest] = bodies.keys();
    if (bodies.size > maxBodies && oldest !== undefined) bodies.delete(oldest);
    return made;
  }

  return (id, detail, withParts) => {
    // Named one by one: copying all but two fields of thousands of rows a second costs more than writing them.
    const row: DeliveryRow = {
      id,
      endpoint: detail.endpoint,
      messageId: detail.messageId,
      kind: detail.kind,
      type: detail.type,
      resource: detail.resource,
      recordId: detail.recordId,
      versions: detail.versions,
      attempt: detail.attempt,
      at: detail.at,
      durationMs: detail.durationMs,
      outcome: detail.outcome,
      status: detail.status,
      error: detail.error,
      nextAttemptAt: detail.nextAttemptAt,
      shownVersion: detail.shownVersion,
    };
    if (!withParts) return JSON.stringify(row);
    const { request, answer } = detail;
    const { url, headers, bodyBytes } = request;
    const text = JSON.stringify({ ...row, request: { url, headers, body: 0, bodyBytes }, answer });
    // Inside of a string the quotes would be escaped: the first that is found is the one.
    const at = text.indexOf(bodyHole) + bodyHole.length - 1;
    return `${text.slice(0, at)}${bodyJson(request.body)}${text.slice(at + 1)}`;
  };
}

/** Where a body is put in. */
const bodyHole = '"body":0';
