import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Change } from '../../../shared/change.ts';
import { formatCursor } from '../../../shared/cursor.ts';
import type { ChangeEntry } from '../../../backend/log/entry.ts';
import type { EventBatch } from '../../../backend/readers/realtime/eventBatch.ts';
import type { Feed } from '../../../backend/readers/realtime/feed.ts';
import { createFeedGroup } from '../../../backend/readers/realtime/feedGroup.ts';
import { writeEvent } from '../../../backend/readers/realtime/writtenEvent.ts';
import { countsName } from '../../../backend/records/counters/countsName.ts';

const epoch = randomUUID();

/** A feed that tells every entry at a length at which two do not go out together. */
const longFeed: Feed = {
  key: 'long',
  audience: undefined as never,
  subscription: { resources: new Set(['team']) } as never,
  isInterested: () => true,
  tell: async ({ seq }) => {
    const change = { resource: 'team', id: `r${seq}`, record: { text: 'x'.repeat(50_000) } } as unknown as Change;
    return writeEvent({ type: 'change', cursor: formatCursor({ epoch, seq }), change });
  },
};

it('a member that is full after the first of several held counts goes on before the second, wherever the hub is', async () => {
  const group = createFeedGroup({
    feed: longFeed,
    hubPlace: () => ({ epoch, seq: 9 }),
    onDue: () => undefined,
    onEmpty: () => undefined,
  });
  const taken: EventBatch[] = [];
  const take = (batch: EventBatch): boolean => {
    taken.push(batch);
    return false;
  };
  const membership = group.join({ take, onLeft: () => undefined }, 1);
  const count = (seq: number): ChangeEntry =>
    ({ kind: 'change', resource: countsName('team'), id: `r${seq}`, seq }) as unknown as ChangeEntry;
  (await group.write([count(5), count(7)]))();
  expect(membership.place.seq).toBe(4);
  (await group.writeHeld())();
  expect(taken.map(({ events }) => events.map(({ seq }) => seq))).toEqual([[5]]);
  expect(membership.place.seq).toBe(5);
});
