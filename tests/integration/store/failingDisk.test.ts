import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAppendFile, type AppendFile, type OpenAppendFile } from '../../../backend/stores/lowdb/appendFile.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';
import { createLowdbFolder, saveVersions, type LowdbFolder } from './lowdbFolder.ts';

type Fault = { readonly verb: 'write' | 'sync' | 'truncate'; readonly error: string; times: number };

/** A real disk on which some verbs fail: a write after half of its bytes, as a full disk does it. */
function createFailingDisk(): {
  readonly openFile: OpenAppendFile;
  readonly faults: Fault[];
  readonly calls: string[];
} {
  const faults: Fault[] = [];
  const calls: string[] = [];
  const take = (verb: Fault['verb']): Error | null => {
    const fault = faults.find((one) => one.verb === verb && one.times > 0);
    if (fault === undefined) return null;
    fault.times -= 1;
    return Object.assign(new Error(fault.error), { code: fault.error });
  };
  return {
    faults,
    calls,
    async openFile(path): Promise<AppendFile> {
      const file = await openAppendFile(path);
      if (!path.includes('/log/')) return file;
      return {
        ...file,
        async write(bytes, position) {
          calls.push('write');
          const error = take('write');
          await file.write(error === null ? bytes : bytes.subarray(0, bytes.length / 2), position);
          if (error !== null) throw error;
        },
        async sync() {
          const error = take('sync');
          if (error !== null) throw error;
          await file.sync();
          calls.push('synced');
        },
        async truncate(size) {
          const error = take('truncate');
          if (error !== null) throw error;
          await file.truncate(size);
          calls.push('cut');
        },
      };
    },
  };
}

let folder: LowdbFolder;
let disk: ReturnType<typeof createFailingDisk>;
beforeEach(async () => {
  folder = await createLowdbFolder();
  disk = createFailingDisk();
});
afterEach(() => folder.remove());

describe('the embedded store on a disk that fails', () => {
  it('a save that does not fit on the disk fails alone, and saves work again when there is space', async () => {
    const store = await folder.open({ openFile: disk.openFile });
    await saveVersions(store, 'a', 1, 2);
    disk.faults.push({ verb: 'write', error: 'ENOSPC', times: 2 });
    expect(await saveVersions(store, 'a', 3, 3)).toEqual(['STORE_UNAVAILABLE']);
    expect(await saveVersions(store, 'a', 3, 3)).toEqual(['STORE_UNAVAILABLE']);
    expect([(await store.load('team', 'a'))?.version, store.log.head()]).toEqual([2, 2]);
    expect(await saveVersions(store, 'a', 3, 4)).toEqual(['committed', 'committed']);
    const copy = await folder.copyTo('copy');
    const again = await folder.open({ folder: copy });
    expect((await again.load('team', 'a'))?.record).toEqual({ n: 4 });
  });

  it('torn bytes that could not be cut are cut before the next save', async () => {
    const store = await folder.open({ openFile: disk.openFile });
    await saveVersions(store, 'a', 1, 2);
    disk.faults.push({ verb: 'write', error: 'EIO', times: 1 }, { verb: 'truncate', error: 'EIO', times: 2 });
    expect(await saveVersions(store, 'a', 3, 3)).toEqual(['STORE_UNAVAILABLE']);
    expect(await saveVersions(store, 'a', 3, 3)).toEqual(['STORE_UNAVAILABLE']);
    expect(await saveVersions(store, 'a', 3, 3)).toEqual(['committed']);
    await store.close();
    expect((await (await folder.open()).load('team', 'a'))?.record).toEqual({ n: 3 });
  });

  it('what is cut off is off the disk before anything is written in its place', async () => {
    const store = await folder.open({ openFile: disk.openFile });
    await saveVersions(store, 'a', 1, 1);
    disk.calls.length = 0;
    disk.faults.push({ verb: 'write', error: 'ENOSPC', times: 1 });
    expect(await saveVersions(store, 'a', 2, 2)).toEqual(['STORE_UNAVAILABLE']);
    expect(await saveVersions(store, 'a', 2, 2)).toEqual(['committed']);
    expect(disk.calls).toEqual(['write', 'cut', 'synced', 'write', 'synced']);
  });

  it('when a group fails every save of it fails, also the one that was built on another', async () => {
    const store = await folder.open({ openFile: disk.openFile });
    disk.faults.push({ verb: 'write', error: 'ENOSPC', times: 1 });
    const outcomes = await Promise.all([
      store.commit([draftWrite('a', { n: 1 }, { expectedVersion: 0 })]),
      store.commit([
        draftWrite('a', { n: 2 }, { expectedVersion: 1 }),
        draftWrite('a', { n: 9 }, { expectedVersion: 1 }),
      ]),
    ]);
    expect(outcomes.flat().map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
    expect(await store.load('team', 'a')).toBe(null);
    expect((await store.log.read(0)).entries).toEqual([]);
  });

  it('a sync that failed is not tried again: everything is refused until the next start, and reading goes on', async () => {
    const store = await folder.open({ openFile: disk.openFile });
    await saveVersions(store, 'a', 1, 2);
    disk.faults.push({ verb: 'sync', error: 'EIO', times: 1 });
    expect(await saveVersions(store, 'a', 3, 3)).toEqual(['STORE_UNAVAILABLE']);
    disk.calls.length = 0;
    expect(await saveVersions(store, 'a', 3, 3)).toEqual(['STORE_UNAVAILABLE']);
    expect(disk.calls).toEqual([]);
    await expect(store.state.put('x', 'k', 1)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect((await store.load('team', 'a'))?.version).toBe(2);
    expect((await store.log.read(0)).entries.length).toBe(2);
    expect(folder.warnings.join()).toContain('until the process starts again');
    await store.close();
    const again = await folder.open();
    expect(await saveVersions(again, 'a', 3, 3)).toEqual(['committed']);
    expect(again.log.head()).toBe(2 + 2 ** 20 + 1);
  });

  it('nobody sees an entry or a record before it is synced', async () => {
    let finishSync = (): void => undefined;
    const synced = new Promise<void>((resolve) => (finishSync = resolve));
    let syncing = (): void => undefined;
    const isSyncing = new Promise<void>((resolve) => (syncing = resolve));
    const store = await folder.open({
      openFile: async (path) => {
        const file = await openAppendFile(path);
        return path.includes('/log/') ? { ...file, sync: () => (syncing(), synced.then(() => file.sync())) } : file;
      },
    });
    let woken = 0;
    store.log.onAppend(() => (woken += 1));
    const saving = saveVersions(store, 'a', 1, 1);
    await isSyncing;
    expect([woken, store.log.head(), (await store.log.read(0)).entries, await store.load('team', 'a')]).toEqual([
      0,
      0,
      [],
      null,
    ]);
    finishSync();
    expect(await saving).toEqual(['committed']);
    expect([woken, store.log.head()]).toEqual([1, 1]);
  });

  it('saves that arrive together share one write and one sync', async () => {
    const store = await folder.open({ openFile: disk.openFile });
    const writes = Array.from({ length: 100 }, (_, n) => draftWrite(`r${n}`, { n }, { expectedVersion: 0 }));
    await Promise.all(writes.map((write) => store.commit([write])));
    expect(disk.calls).toEqual(['write', 'synced']);
  });
});
