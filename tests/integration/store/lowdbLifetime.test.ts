import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordBefore } from '../../../backend/log/advance.ts';
import { follow } from '../../../backend/log/follow.ts';
import { draftKey, draftWrite } from '../../../backend/testing/draftWrite.ts';
import { createLowdbFolder, saveVersions, type LowdbFolder } from './lowdbFolder.ts';

const dayMs = 24 * 60 * 60 * 1000;
const waitOptions = { timeout: 20_000, interval: 20 };

let folder: LowdbFolder;
beforeEach(async () => {
  folder = await createLowdbFolder();
});
afterEach(() => folder.remove());

describe('a data folder over time', () => {
  it('a copied folder gets a new epoch, and every version is lifted, so that none means two contents', async () => {
    const store = await folder.open();
    await saveVersions(store, 'a', 1, 3);
    await store.commit([draftWrite('b', { n: 1 }, { expectedVersion: 0, publication: 'kept' })]);
    await store.commit([
      draftWrite('gone', {}, { expectedVersion: 0 }),
      draftWrite('gone', null, { expectedVersion: 1 }),
    ]);
    const shown = { version: 1, publishedVersion: 1 };
    await store.commit([
      draftWrite('shown', shown, { expectedVersion: 0, publication: 'published' }),
      draftWrite('drafted', shown, { expectedVersion: 0, publication: 'published' }),
      draftWrite('drafted', { version: 2, publishedVersion: 1 }, { expectedVersion: 1, publication: 'kept' }),
    ]);
    const before = await store.load('team', 'a');
    const copy = await folder.copyTo('copy');
    const restored = await folder.open({ folder: copy });
    expect(restored.log.epoch > store.log.epoch).toBe(true);
    const lifted = await restored.load('team', 'a');
    expect([lifted?.version, lifted?.record, lifted?.authors]).toEqual([1_000_000, before?.record, before?.authors]);
    expect((await restored.load('team', 'b'))?.published).toBe(null);
    expect((await restored.load('team', 'gone'))?.version).toBe(1_000_000);
    expect((await restored.log.version('team', 'a', 1_000_000))?.record).toEqual({ n: 3 });
    expect((await restored.load('team', 'shown'))?.record).toEqual({ version: 1_000_000, publishedVersion: 1_000_000 });
    expect((await restored.load('team', 'shown'))?.published).toEqual({
      version: 1_000_000,
      publishedVersion: 1_000_000,
    });
    const drafted = await restored.load('team', 'drafted');
    expect([drafted?.record, drafted?.published]).toEqual([
      { version: 1_000_000, publishedVersion: 1 },
      { version: 1, publishedVersion: 1 },
    ]);
    const [lift] = await restored.log.history('team', 'shown', { limit: 1 });
    expect(lift && recordBefore(lift)).toEqual({ version: 1, publishedVersion: 1 });
    expect((await restored.commit([draftWrite('a', { n: 4 }, { expectedVersion: 1_000_000 })]))[0]?.status).toBe(
      'committed',
    );
    const items = follow({
      log: restored.log,
      after: { epoch: store.log.epoch, seq: 0 },
      signal: new AbortController().signal,
    });
    expect((await items.next()).value).toMatchObject({ type: 'reset', reason: 'epoch' });
    await restored.close();
    const again = await folder.open({ folder: copy });
    expect([again.log.epoch, (await again.load('team', 'a'))?.version]).toEqual([restored.log.epoch, 1_000_001]);
    // The first folder is untouched by its copy.
    expect(await saveVersions(store, 'a', 4, 4)).toEqual(['committed']);
  });

  it('after a crash no place is used that anybody may have seen', async () => {
    const store = await folder.open();
    await saveVersions(store, 'a', 1, 2);
    await store.close();
    await rm(join(folder.path, 'closed.json'));
    const again = await folder.open();
    expect(again.log.head()).toBe(2);
    await saveVersions(again, 'a', 3, 3);
    expect(again.log.head()).toBe(2 + 2 ** 20 + 1);
    expect((await again.log.read(0)).entries.length).toBe(3);
  });

  it('the checkpoint is written behind by a thread, and the next start reads only what is newer', async () => {
    const store = await folder.open({ checkpointAfterBytes: 1, maxSegmentBytes: 400 });
    await saveVersions(store, 'a', 1, 5);
    await vi.waitFor(
      async () => expect(JSON.parse(await folder.readText('db.json'))).toMatchObject({ seq: 5 }),
      waitOptions,
    );
    await saveVersions(store, 'a', 6, 6);
    expect(folder.warnings).toEqual([]);
    const again = await folder.open({ folder: await folder.copyTo('copy') });
    expect((await again.load('team', 'a'))?.record).toEqual({ n: 6 });
  });

  it('entries that are old and not among the last versions go file by file, and the floor rises over them', async () => {
    let now = Date.parse('2024-01-01');
    const options = { checkpointAfterBytes: 1, maxSegmentBytes: 1, tailBytes: 1, keptVersions: 2, now: () => now };
    const store = await folder.open(options);
    await saveVersions(store, 'a', 1, 6);
    now += 80 * dayMs;
    await saveVersions(store, 'b', 1, 1);
    now += 11 * dayMs;
    await saveVersions(store, 'a', 7, 7);
    await vi.waitFor(async () => expect((await store.log.read(0)).floor).toBe(5), waitOptions);
    expect((await store.log.read(5)).entries.map(({ seq }) => seq)).toEqual([6, 7, 8]);
    expect((await store.log.history('team', 'a', { limit: 9 })).map(({ version }) => version)).toEqual([7, 6]);
    expect(await store.log.version('team', 'a', 3)).toBe(null);
    expect(await store.log.placeAt(0)).toBe(5);
    const items = follow({
      log: store.log,
      after: { epoch: store.log.epoch, seq: 3 },
      signal: new AbortController().signal,
    });
    expect((await items.next()).value).toEqual({
      type: 'reset',
      reason: 'retention',
      head: { epoch: store.log.epoch, seq: 8 },
    });
    await store.close();
    const again = await folder.open(options);
    expect((await again.log.read(0)).floor).toBe(5);
    expect((await again.load('team', 'a'))?.record).toEqual({ n: 7 });
  });

  it('a key answers for seven days and not longer, also after a start', async () => {
    let now = Date.parse('2024-01-01');
    const store = await folder.open({ now: () => now });
    await store.commit([draftWrite('a', {}, { expectedVersion: 0, key: draftKey('k') })]);
    now += 7 * dayMs - 1;
    await store.close();
    const again = await folder.open({ now: () => now });
    expect(await again.findKey('user:u1', 'k')).toEqual(draftKey('k'));
    now += 2;
    expect(await again.findKey('user:u1', 'k')).toBe(null);
    expect((await again.commit([draftWrite('a', {}, { expectedVersion: 1, key: draftKey('k') })]))[0]?.status).toBe(
      'committed',
    );
  });

  it('the state file is written anew when it grew, and keeps every value', async () => {
    const store = await folder.open({ checkpointAfterBytes: 3_000 });
    for (let n = 0; n < 60; n += 1) await store.state.put('cursors', `c${n % 3}`, { n, text: 'x'.repeat(100) });
    expect((await folder.readText('state.jsonl')).length).toBeLessThan(6_000);
    const revisions = (await store.state.list('cursors')).map(({ revision }) => revision);
    await store.close();
    const again = await folder.open();
    expect((await again.state.list('cursors')).map(({ revision }) => revision)).toEqual(revisions);
    expect((await again.state.get('cursors', 'c2'))?.value).toEqual({ n: 59, text: 'x'.repeat(100) });
  });

  it('a save after the store was closed is refused and stores nothing', async () => {
    const store = await folder.open();
    await saveVersions(store, 'a', 1, 1);
    const closing = store.close();
    expect(await saveVersions(store, 'a', 2, 2)).toEqual(['STORE_UNAVAILABLE']);
    await closing;
    expect((await (await folder.open()).load('team', 'a'))?.version).toBe(1);
  });
});
