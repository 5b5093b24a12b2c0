import { readFile, stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogEntry } from '../../../backend/log/entry.ts';
import { follow } from '../../../backend/log/follow.ts';
import { openAppendFile } from '../../../backend/stores/lowdb/appendFile.ts';
import type { Store } from '../../../backend/stores/store.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';
import { createLowdbFolder, saveVersions, type LowdbFolder } from './lowdbFolder.ts';

const hourMs = 3_600_000;
const waitOptions = { timeout: 50_000, interval: 5 };
const text = 'x'.repeat(200);

let folder: LowdbFolder;
let now: number;
beforeEach(async () => {
  folder = await createLowdbFolder();
  now = Date.parse('2024-01-01');
});
afterEach(() => folder.remove());

/** Files of about ten entries, nothing in memory, a checkpoint after everything. */
const small = () => ({ maxSegmentBytes: 4_000, tailBytes: 1, checkpointAfterBytes: 1, now: () => now });

async function tell(store: Store, id: string): Promise<void> {
  const to = { kind: 'room', room: 'r' } as const;
  const [outcome] = await store.commit([
    { entry: { kind: 'message', id, type: 'test', payload: { text }, to, from: null } },
  ]);
  expect(outcome?.status).toBe('committed');
}

/** Ten versions of a record, each with nine messages after it. */
async function chatter(store: Store): Promise<void> {
  for (let version = 1; version <= 10; version += 1) {
    await saveVersions(store, 'a', version, version);
    for (let n = 1; n <= 9; n += 1) await tell(store, `m${version}.${n}`);
  }
}

const readAll = async (store: Store): Promise<readonly LogEntry[]> => (await store.log.read(0, 1_000)).entries;
const messagesOf = (entries: readonly LogEntry[]) =>
  entries.flatMap((entry) => (entry.kind === 'message' ? [entry] : []));
const bytesOfLog = async () =>
  (await Promise.all((await folder.logFiles()).map((path) => stat(path)))).reduce((sum, { size }) => sum + size, 0);

/** Waits until no finished file holds a message. */
const allShortened = () =>
  vi.waitFor(async () => {
    const finished = (await folder.logFiles()).filter((path) => path.endsWith('.jsonl')).slice(0, -1);
    const texts = await Promise.all(finished.map((path) => readFile(path, 'utf8')));
    expect(texts.filter((content) => content.includes(text))).toEqual([]);
  }, waitOptions);

describe('messages in a data folder', () => {
  it('old messages leave the files, the changes beside them stay, and the floor with them', async () => {
    const store = await folder.open(small());
    await chatter(store);
    const [before, bytes] = [await readAll(store), await bytesOfLog()];
    now += hourMs + 60_000;
    await saveVersions(store, 'b', 1, 1);
    await allShortened();
    const after = await readAll(store);
    // What the file that is being written holds stays; of every other one a single entry says that messages were there.
    const removed = messagesOf(after).filter(({ type }) => type === 'sync.removed');
    const kept = messagesOf(after).filter(({ type }) => type === 'test');
    expect(removed.length).toBeGreaterThan(4);
    const isLastOfFile = ({ seq }: LogEntry, n: number) => seq < (removed[n + 1] ?? kept[0] ?? { seq: 0 }).seq;
    expect(
      removed.every(
        (entry, n) => entry.at === before.find(({ seq }) => seq === entry.seq)?.at && isLastOfFile(entry, n),
      ),
    ).toBe(true);
    const isChange = ({ kind }: LogEntry) => kind === 'change';
    expect(after.filter(isChange).slice(0, -1)).toEqual(before.filter(isChange));
    expect((await store.log.read(0)).floor).toBe(0);
    expect((await store.log.history('team', 'a', { limit: 99 })).map(({ version }) => version)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]); // prettier-ignore
    expect((await store.log.version('team', 'a', 4))?.record).toEqual({ n: 4 });
    expect(await bytesOfLog()).toBeLessThan(bytes / 2);
    // The same after a start, and in a copy of the folder as it is on the disk.
    await store.close();
    const again = await folder.open(small());
    expect(await readAll(again)).toEqual(after);
    expect(folder.warnings).toEqual([]);
  });

  it('a reader that resumes behind removed messages passes an entry that says so, and is not reset', async () => {
    const store = await folder.open(small());
    await chatter(store);
    now += hourMs + 60_000;
    await saveVersions(store, 'b', 1, 1);
    await allShortened();
    const signal = new AbortController().signal;
    const items = follow({ log: store.log, after: { epoch: store.log.epoch, seq: 3 }, signal });
    const seen: string[] = [];
    for await (const item of items) {
      if (item.type === 'reset') seen.push(item.reason);
      else if (item.entry.kind === 'message') seen.push(item.entry.type);
      if (item.type === 'entry' && item.entry.seq === store.log.head()) break;
    }
    expect(new Set(seen)).toEqual(new Set(['sync.removed', 'test']));
  });

  it('readers that read while files are written anew see every change once, in order', async () => {
    const store = await folder.open(small());
    await chatter(store);
    now += hourMs + 60_000;
    await saveVersions(store, 'b', 1, 1);
    let reads = 0;
    for (let isShort = false; !isShort;) {
      const entries: LogEntry[] = [];
      for (let after = 0; ;) {
        const page = (await store.log.read(after, 7)).entries;
        entries.push(...page);
        if (page.length === 0) break;
        after = page.at(-1)?.seq ?? after;
      }
      reads += 1;
      expect(entries.filter(({ kind }) => kind === 'change').length).toBe(11);
      expect(entries.every(({ seq }, n) => n === 0 || seq > (entries[n - 1] as LogEntry).seq)).toBe(true);
      isShort = messagesOf(entries).length < 20;
    }
    expect(reads).toBeGreaterThan(1);
  });

  it('a file with more entries than a group holds is read back whole after a start', async () => {
    const options = { ...small(), maxSegmentBytes: 1 };
    const store = await folder.open(options);
    const to = { kind: 'room', room: 'r' } as const;
    await store.commit([
      ...Array.from({ length: 2_100 }, (_, n) => draftWrite(`r${n}`, { n }, { expectedVersion: 0 })),
      { entry: { kind: 'message', id: 'm', type: 'test', payload: { text }, to, from: null } },
    ]);
    now += hourMs + 60_000;
    await saveVersions(store, 'b', 1, 1);
    await allShortened();
    await store.close();
    const again = await folder.open(options);
    const { entries, head, floor } = await again.log.read(0, 5_000);
    expect([entries.length, entries.at(-2)?.kind, head, floor]).toEqual([2_102, 'message', 2_102, 0]);
    expect((await again.log.version('team', 'r2099', 1))?.record).toEqual({ n: 2_099 });
    expect(folder.warnings).toEqual([]);
  });

  it('messages that are not old enough stay, and so does the file that is being written', async () => {
    const store = await folder.open(small());
    await chatter(store);
    now += hourMs - 60_000;
    await saveVersions(store, 'b', 1, 1);
    const seqOfCheckpoint = async () => (JSON.parse(await folder.readText('db.json')) as { seq: number }).seq;
    await vi.waitFor(async () => expect(await seqOfCheckpoint()).toBe(101), waitOptions);
    // The end in order waits for what is done after a checkpoint.
    await store.close();
    const again = await folder.open(small());
    expect(messagesOf(await readAll(again)).map(({ type }) => type)).toEqual(Array.from({ length: 90 }, () => 'test'));
  });

  it('nobody reads a message before it is on the disk', async () => {
    let letSync: (() => void) | null = null;
    let isSyncing: () => void = () => undefined;
    const syncing = new Promise<void>((resolve) => (isSyncing = resolve));
    const store = await folder.open({
      async openFile(path) {
        const file = await openAppendFile(path);
        const isLog = path.endsWith('.jsonl') && path.includes('log');
        const sync = async () => {
          isSyncing();
          await new Promise<void>((resolve) => (letSync = resolve));
          await file.sync();
        };
        return isLog ? { ...file, sync } : file;
      },
    });
    const told = tell(store, 'm1');
    await syncing;
    expect([store.log.head(), await readAll(store)]).toEqual([0, []]);
    (letSync as (() => void) | null)?.();
    await told;
    expect(messagesOf(await readAll(store)).map(({ id }) => id)).toEqual(['m1']);
  });
});
