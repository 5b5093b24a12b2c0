import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAppendFile, type OpenAppendFile } from '../../../backend/stores/lowdb/appendFile.ts';
import type { Store } from '../../../backend/stores/store.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';
import { createLowdbFolder, saveVersions, type LowdbFolder } from '../store/lowdbFolder.ts';
import { randomNumbers } from './randomNumbers.ts';

const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
/** Every bit of every file, with `FLIPPED_BITS=all`; else one bit of every seventh byte. */
const isWhole = process.env['FLIPPED_BITS'] === 'all';
const clearErrors = /^(LOG_DAMAGED|CHECKPOINT_MISMATCH|FOLDER_UNUSABLE): /;

describe(`one bit of a data folder that flips (seed ${seed})`, () => {
  let folder: LowdbFolder;
  /** Files that are open for writing. */
  let opened = 0;
  let stored: Awaited<ReturnType<typeof everythingIn>>;
  beforeEach(async () => {
    folder = await createLowdbFolder();
    opened = 0;
    const store = await folder.open();
    await saveVersions(store, 'a', 1, 3);
    await store.commit([
      draftWrite('b', { text: 'two words, a comma' }, { expectedVersion: 0 }),
      draftWrite('c', { text: 'in the same group' }, { expectedVersion: 0 }),
    ]);
    await store.state.put('cursors', 'reader', { seq: 4 });
    await store.state.put('cursors', 'other', { seq: 5, note: 'with a space' });
    stored = await everythingIn(store);
    await store.close();
  });
  afterEach(() => folder.remove());

  /** What was acknowledged, without what a new epoch may change. */
  async function everythingIn(store: Store) {
    const records = (await store.list('team')).map(({ id, record }) => ({ id, record }));
    const { entries } = await store.log.read(0, 100);
    const changes = entries.flatMap((entry) =>
      entry.kind === 'change' && entry.version < 1_000 ? [{ id: entry.id, record: entry.record }] : [],
    );
    const state = (await store.state.list('cursors')).map(({ key, value }) => ({ key, value }));
    return { records, changes, state };
  }

  /** All files as they are, and a way back to them: in place, because a folder whose files are new ones is a copy. */
  async function remember(without: readonly string[]): Promise<() => Promise<void>> {
    for (const name of without) await rm(join(folder.path, name), { force: true });
    const names = (await readdir(folder.path, { recursive: true })).filter((name) => /\.jsonl?$/.test(name));
    const files = await Promise.all(
      names.map(async (name) => ({ name, bytes: await readFile(join(folder.path, name)) })),
    );
    return async () => {
      for (const name of await readdir(folder.path, { recursive: true })) {
        if (/\.jsonl?$/.test(name) && !names.includes(name)) await rm(join(folder.path, name));
      }
      for (const { name, bytes } of files) await writeFile(join(folder.path, name), bytes);
    };
  }

  async function flip(name: string, at: number, bit: number): Promise<void> {
    const bytes = await readFile(join(folder.path, name));
    bytes[at] = (bytes[at] as number) ^ (1 << bit);
    await writeFile(join(folder.path, name), bytes);
  }

  const countOpened: OpenAppendFile = async (path) => {
    const file = await openAppendFile(path);
    opened += 1;
    return { ...file, close: () => file.close().finally(() => (opened -= 1)) };
  };

  /** How a start ends: with an error, or with what is there then. */
  async function start(): Promise<string | typeof stored> {
    try {
      const store = await folder.open({ openFile: countOpened });
      try {
        return await everythingIn(store);
      } finally {
        await store.close();
      }
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return `${code}: ${message}`;
    }
  }

  const logName = join('log', '0000000000000001.jsonl');
  it.each([
    ['the log after a crash', logName, ['closed.json', 'db.json']],
    ['the log after an end in order', logName, []],
    ['db.json', 'db.json', []],
    ['state.jsonl', 'state.jsonl', []],
    ['the file with the epoch', 'epoch.json', []],
    ['the mark of an end in order', 'closed.json', []],
  ] as const)(
    'in %s stops the start with a clear error or changes nothing, wherever it is',
    async (_, name, without) => {
      const random = randomNumbers(seed);
      const putBack = await remember(without);
      const size = (await readFile(join(folder.path, name))).length;
      const wrong: string[] = [];
      for (let at = isWhole ? 0 : random.below(7); at < size; at += isWhole ? 1 : 7) {
        for (const bit of isWhole ? [0, 1, 2, 3, 4, 5, 6, 7] : [random.below(8)]) {
          await putBack();
          await flip(name, at, bit);
          const ended = await start();
          if (typeof ended === 'string' && clearErrors.test(ended)) continue;
          if (JSON.stringify(ended) !== JSON.stringify(stored)) wrong.push(`${at}.${bit}: ${JSON.stringify(ended)}`);
        }
      }
      expect(wrong).toEqual([]);
      // Nor does a start that failed keep a file open.
      expect(opened).toBe(0);
    },
    isWhole ? 600_000 : 60_000,
  );

  it('in the last group after a crash is not taken for a torn end: the save that is in it is not cut off', async () => {
    const putBack = await remember(['closed.json', 'db.json']);
    const whole = await readFile(join(folder.path, logName));
    const last = whole.lastIndexOf('{"group":');
    for (const at of [
      last,
      last + 3,
      whole.indexOf('"bytes":', last) + 8,
      whole.indexOf('\n', last),
      whole.length - 1,
    ]) {
      await putBack();
      await flip(logName, at, 2);
      expect(await start()).toMatch(/^LOG_DAMAGED: .*line 7: .*acknowledged are in it or come after it.*from a backup/);
    }
    // A space that becomes a zero is no block that was lost.
    await putBack();
    await flip(logName, whole.indexOf('two words', last) + 3, 5);
    expect(await start()).toMatch(/^LOG_DAMAGED: /);
    await putBack();
    expect(await start()).toEqual(stored);
  });
});
