import { expect, test } from 'vitest';
import { createSnapshots } from '../../../backend/middleware/snapshots.ts';

test('snapshots are kept up to their bytes, and the longest unused one goes first', () => {
  const snapshots = createSnapshots(30);
  snapshots.keep('a', { name: 'a' }, 10);
  snapshots.keep('b', { name: 'b' }, 10);
  snapshots.keep('c', { name: 'c' }, 10);
  expect(snapshots.find('a')).toEqual({ name: 'a' });
  snapshots.keep('d', { name: 'd' }, 10);
  expect(['a', 'b', 'c', 'd'].map((name) => snapshots.find(name)?.['name'])).toEqual(['a', undefined, 'c', 'd']);
});

test('keeping the same snapshot again costs nothing, and one that is larger than everything is not kept', () => {
  const snapshots = createSnapshots(30);
  for (let times = 0; times < 10; times++) snapshots.keep('a', { name: 'a' }, 20);
  snapshots.keep('b', { name: 'b' }, 10);
  snapshots.keep('c', { name: 'c' }, 31);
  expect(['a', 'b', 'c'].map((name) => snapshots.find(name)?.['name'])).toEqual(['a', 'b', undefined]);
});
