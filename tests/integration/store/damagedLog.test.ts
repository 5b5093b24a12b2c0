import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replayLog } from '../../../backend/stores/lowdb/replayLog.ts';
import { createLowdbFolder, saveVersions, type LowdbFolder } from './lowdbFolder.ts';

let folder: LowdbFolder;
beforeEach(async () => {
  folder = await createLowdbFolder();
});
afterEach(() => folder.remove());

/** What a crash leaves: the bytes of the log at this moment, without the mark of an end in order. */
async function leaveAfterCrash(bytes: Buffer): Promise<void> {
  const [file] = await folder.logFiles();
  await writeFile(file as string, bytes);
  await rm(join(folder.path, 'closed.json'), { force: true });
  await rm(join(folder.path, 'db.json'), { force: true });
}

describe('a log that is not as it was written', () => {
  it('a torn last group is cut with a warning at every byte, and what was acknowledged before stays', async () => {
    const store = await folder.open();
    await saveVersions(store, 'a', 1, 2);
    const [file] = await folder.logFiles();
    const acknowledged = (await readFile(file as string)).length;
    await saveVersions(store, 'a', 3, 3);
    await store.close();
    const whole = await readFile(file as string);
    for (let size = acknowledged; size <= whole.length; size += 1) {
      await leaveAfterCrash(whole.subarray(0, size));
      const version = size === whole.length ? 3 : 2;
      const warnings: string[] = [];
      const replayed = await replayLog(join(folder.path, 'log'), null, (message) => warnings.push(message));
      expect([size, replayed.head, replayed.records.get('team', 'a')?.version]).toEqual([size, version, version]);
      expect(replayed.lastSize).toBe(version === 3 ? whole.length : acknowledged);
      expect(warnings.length).toBe(size === acknowledged || size === whole.length ? 0 : 1);
      // Every now and then the whole way: what is cut is gone from the file, and the next save fits behind it.
      if (size % 40 !== 0) continue;
      const again = await folder.open();
      expect(await saveVersions(again, 'a', version + 1, version + 1)).toEqual(['committed']);
      await again.close();
      expect((await readFile(file as string)).subarray(0, acknowledged)).toEqual(whole.subarray(0, acknowledged));
      expect(await folder.openError()).toBe('opened');
    }
  });

  it('a last group of which the beginning was lost is cut too', async () => {
    const store = await folder.open();
    await saveVersions(store, 'a', 1, 2);
    const [file] = await folder.logFiles();
    const acknowledged = (await readFile(file as string)).length;
    await saveVersions(store, 'a', 3, 3);
    await store.close();
    const bytes = await readFile(file as string);
    bytes.fill(0, acknowledged, acknowledged + 40);
    await leaveAfterCrash(bytes);
    const again = await folder.open();
    expect((await again.load('team', 'a'))?.version).toBe(2);
    expect(folder.warnings.join()).toContain('never acknowledged');
  });

  it('one flipped bit before the last group stops the start with file, line and what to do', async () => {
    const store = await folder.open();
    await saveVersions(store, 'a', 1, 4);
    await store.close();
    const [file] = await folder.logFiles();
    const whole = await readFile(file as string);
    const middle = whole.indexOf('"n":2');
    for (const at of [middle, 5, whole.indexOf('\n'), whole.indexOf('"owner":"', middle) + 12]) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] as number) ^ 4;
      await leaveAfterCrash(bytes);
      const error = await folder.openError();
      expect(error).toMatch(/^LOG_DAMAGED: /);
      expect(error).toContain(file as string);
      expect(error).toMatch(/line [1-8]:.*put it back from a backup/);
      expect(await readFile(file as string)).toEqual(bytes);
    }
  });

  it('a missing group stops the start', async () => {
    const store = await folder.open();
    await saveVersions(store, 'a', 1, 3);
    await store.close();
    const [file] = await folder.logFiles();
    const lines = (await readFile(file as string, 'utf8')).split('\n');
    await leaveAfterCrash(Buffer.from([...lines.slice(0, 2), ...lines.slice(4)].join('\n')));
    expect(await folder.openError()).toMatch(/^LOG_DAMAGED: .*entries 2 to 2 are missing/);
  });

  it('after an end in order a shorter log is damage and not a torn end', async () => {
    const store = await folder.open();
    await saveVersions(store, 'a', 1, 3);
    await store.close();
    const [file] = await folder.logFiles();
    await rm(join(folder.path, 'db.json'));
    await writeFile(file as string, (await readFile(file as string)).subarray(0, -1));
    expect(await folder.openError()).toMatch(/^LOG_DAMAGED: .*ends at entry 2, but entry 3 was stored/);
  });

  it('a log that ends before the checkpoint stops the start', async () => {
    const store = await folder.open();
    await saveVersions(store, 'a', 1, 3);
    await store.close();
    const [file] = await folder.logFiles();
    await rm(join(folder.path, 'closed.json'));
    await rm(file as string);
    expect(await folder.openError()).toMatch(/^LOG_DAMAGED: .*ends at entry 0, but entry 3 was stored/);
  });
});

describe('a checkpoint that was edited', () => {
  beforeEach(async () => {
    const store = await folder.open();
    await saveVersions(store, 'a', 1, 3);
    await store.close();
  });
  const edit = async (change: (text: string) => string): Promise<void> =>
    writeFile(join(folder.path, 'db.json'), change(await folder.readText('db.json')));

  it('is readable', async () => {
    expect(await folder.readText('db.json')).toContain('\n        "record": {\n          "n": 3\n        }');
  });

  it('stops the start and says what to do, whichever part was edited', async () => {
    const before = await folder.readText('db.json');
    const edits = [
      (text: string) => text.replace('"n": 3', '"n": 4'),
      (text: string) => text.replace('"seq": 3', '"seq": 2'),
      (text: string) => text.replace('"version": 3', '"version": 4'),
      (text: string) => text.slice(0, -5),
      () => '{}',
    ];
    for (const change of edits) {
      await edit(() => change(before));
      expect(await folder.openError()).toMatch(/^CHECKPOINT_MISMATCH: .*db\.json.*move the file away/);
    }
    await edit(() => before);
    expect(await folder.openError()).toBe('opened');
  });

  it('starts when only the layout of the text changed', async () => {
    await edit((text) => JSON.stringify(JSON.parse(text)));
    expect(await folder.openError()).toBe('opened');
  });

  it('is made again from the log when it was moved away', async () => {
    const before = JSON.parse(await folder.readText('db.json')) as unknown;
    await copyFile(join(folder.path, 'db.json'), join(folder.path, 'mine.json'));
    await rm(join(folder.path, 'db.json'));
    const store = await folder.open();
    expect((await store.load('team', 'a'))?.record).toEqual({ n: 3 });
    await store.close();
    expect(JSON.parse(await folder.readText('db.json'))).toEqual(before);
  });
});
