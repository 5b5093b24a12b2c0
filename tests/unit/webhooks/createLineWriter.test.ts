import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DeliveryDetail } from '../../../backend/log/deliveryLog.ts';
import { createLineWriter } from '../../../backend/stores/lowdb/createLineWriter.ts';

const row: Omit<DeliveryDetail, 'id'> = {
  endpoint: 'e1',
  messageId: 'msg_1',
  kind: 'event',
  type: 'team.updated',
  resource: 'team',
  recordId: 'ada',
  versions: [1, 2],
  attempt: 1,
  at: '2026-01-01T00:00:00.000Z',
  durationMs: 1,
  outcome: 'delivered',
  status: 200,
  error: null,
  nextAttemptAt: null,
  shownVersion: null,
  request: { url: 'https://example.com', headers: {}, body: '', bodyBytes: 0 },
  answer: null,
};

it('the line of an attempt is its JSON, whatever its texts hold, also texts that look like a part of a line', () => {
  const toLine = createLineWriter();
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('"body":0', '{"body":0,"bodyBytes":0}', 'é\n"\\'),
  );
  fc.assert(
    fc.property(text, text, text, text, (recordId, url, header, body) => {
      const request = { url, headers: { 'webhook-id': header }, body, bodyBytes: 7 };
      const detail = { ...row, recordId, request, answer: { headers: { server: header }, body: url, bodyBytes: null } };
      expect(JSON.parse(toLine('d1', detail, true))).toEqual({ id: 'd1', ...detail });
    }),
  );
});

it('the line of an attempt whose body another one had before is the same as if it were the first', () => {
  const toLine = createLineWriter();
  const bodies = Array.from({ length: 200 }, (_, n) => `{"n":${n % 90},"é":"\n"}`);
  for (const body of bodies) {
    const request = { ...row.request, body };
    expect(JSON.parse(toLine('d1', { ...row, request }, true))).toEqual({ id: 'd1', ...row, request });
  }
});

it('the line of an attempt on a day that is full has all but what travelled', () => {
  const { request: _request, answer: _answer, ...told } = row;
  expect(JSON.parse(createLineWriter()('d1', row, false))).toEqual({ id: 'd1', ...told });
});
