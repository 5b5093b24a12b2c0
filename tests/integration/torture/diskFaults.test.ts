import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAppendFile } from '../../../backend/stores/lowdb/appendFile.ts';
import { lowdbStore } from '../../../backend/stores/lowdb/index.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { createLowdbFolder, saveVersions } from '../store/lowdbFolder.ts';
import { faultsOfLog, faultsOfReader } from './faultsOfLog.ts';
import { startLoad, type Load } from './startLoad.ts';
import { startNode, type RunningNode } from './startNode.ts';
import { startRoundRobin, type RoundRobin } from './startRoundRobin.ts';
import { startSmallDisk } from './startSmallDisk.ts';

const token = 'torture-token-1234';
const disk = await startSmallDisk(2_000);
const folder = await mkdtemp(join(tmpdir(), 'disk-faults-'));
const isPrlimitThere = hasPrlimit();
afterAll(async () => {
  await disk?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Ways in which a disk takes no more: a real one that is full, and a limit of the process, which needs no rights at all. */
const ways = [
  ...(disk === null
    ? []
    : [{ name: 'a disk that is full', path: join(disk.path, 'data'), fill: disk.fill, free: disk.free }]),
  ...(isPrlimitThere
    ? [
        {
          name: 'a limit of the size of files',
          path: join(folder, 'data'),
          // A little more than the log has now, so that a save is taken in part.
          fill: async (pid: number) => setFileLimit(pid, (await largestFile(join(folder, 'data', 'log'))) + 100),
          free: async (pid: number | null) => (pid === null ? undefined : setFileLimit(pid, 'unlimited')),
        },
      ]
    : []),
];

describe.each(ways)('a server that meets $name under load', ({ path, fill, free }) => {
  let node: RunningNode;
  let balancer: RoundRobin;
  let load: Load | null = null;

  beforeEach(async () => {
    await start();
    balancer = await startRoundRobin(() => [node.port]);
  });
  afterEach(async () => {
    await load?.stop();
    node.signal('SIGKILL');
    await node.gone;
    await balancer.close();
  });

  async function start(): Promise<void> {
    node = await startNode({
      program: './savingServer.ts',
      args: [path, token],
      portOf: (line) => /^listening (\d+)/.exec(line)?.[1],
    });
  }

  async function head(): Promise<{ epoch: string; seq: number }> {
    const answer = await readBoard();
    const [epoch = '', seq] = (answer.headers.get('x-sync-cursor') ?? '').split(':');
    return { epoch, seq: Number(seq) };
  }

  const readBoard = () =>
    fetch(`${balancer.url}/api/board`, { headers: { authorization: `Bearer ${token}`, connection: 'close' } });

  it('refuses saves with when to come again, goes on reading, saves again when there is space, and loses nothing, also when it is killed then', async () => {
    load = await startLoad({ url: balancer.url, token, pairs: 1, head });
    const { answers } = load;
    for (const isKilled of [false, true]) {
      await load.more(40);
      const before = answers.length;
      await fill(node.pid);
      await waitUntil(
        'saves are refused',
        () => answers.slice(before).filter(({ status }) => status === 503).length > 20,
        60_000,
      );
      expect((await readBoard()).status).toBe(200);
      if (isKilled) {
        node.signal('SIGKILL');
        await node.gone;
      }
      await free(isKilled ? null : node.pid);
      if (isKilled) await start();
    }
    await load.more(40);
    const log = await load.finish();
    expect(load.faults).toEqual([]);
    expect(faultsOfLog(log, load.acknowledged)).toEqual([]);
    expect(load.readers.map((reader) => faultsOfReader(reader, log))).toEqual([[], []]);
  }, 120_000);
});

describe.skipIf(disk === null)('a start', () => {
  if (disk === null) return;
  const path = join(disk.path, 'started');
  const open = async () => {
    const store = lowdbStore({ folder: path, onWarning: () => undefined });
    await store.open();
    return store;
  };
  const isUnusable = { code: 'FOLDER_UNUSABLE', message: expect.stringContaining('needs to read and write it') };
  beforeEach(async () => {
    await rm(path, { recursive: true, force: true });
    const store = await open();
    await saveVersions(store, 'a', 1, 3);
    await store.state.put('cursors', 'reader', 3);
    await store.close();
  });

  async function expectEverything(): Promise<void> {
    const store = await open();
    expect((await store.load('team', 'a'))?.record).toEqual({ n: 3 });
    expect((await store.state.get('cursors', 'reader'))?.value).toBe(3);
    expect(await saveVersions(store, 'a', 4, 4)).toEqual(['committed']);
    await store.close();
  }

  it('on a full disk is refused, and with space everything is there', async () => {
    await disk.fill();
    await expect(open()).rejects.toMatchObject(isUnusable);
    await disk.free();
    await expectEverything();
  });

  it('on a read-only disk is refused and changes nothing, and on a writable one everything is there', async () => {
    const before = await readdir(path);
    await disk.setReadOnly(true);
    await expect(open()).rejects.toMatchObject(isUnusable);
    await disk.setReadOnly(false);
    expect(await readdir(path)).toEqual(before);
    await expectEverything();
  });
});

describe('a disk that becomes read-only under a running store', () => {
  it.each(['write', 'sync'] as const)(
    'refuses every save from the first %s on, goes on reading, and has kept everything for the next start',
    async (verb) => {
      const there = await createLowdbFolder();
      let isReadOnly = false;
      const refuse = (): void => {
        if (isReadOnly) throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });
      };
      // As the kernel does it after an error of the device: files that are open stay so, and refuse.
      const store = await there.open({
        async openFile(path) {
          const file = await openAppendFile(path);
          return {
            ...file,
            write: async (bytes, position) => (verb === 'write' ? refuse() : undefined, file.write(bytes, position)),
            sync: async () => (refuse(), file.sync()),
            truncate: async (size) => (refuse(), file.truncate(size)),
          };
        },
      });
      await saveVersions(store, 'a', 1, 2);
      await store.state.put('cursors', 'reader', 2);
      isReadOnly = true;
      const [refused] = await store.commit([draftWrite('a', { n: 3 }, { expectedVersion: 2 })]);
      const isOpen = { message: expect.stringContaining('whether it is stored is open') };
      const isNot = { message: expect.stringContaining('nothing was saved') };
      expect(refused).toMatchObject({ status: 'failed', error: verb === 'sync' ? isOpen : isNot });
      expect(await saveVersions(store, 'a', 3, 3)).toEqual(['STORE_UNAVAILABLE']);
      await expect(store.state.put('cursors', 'reader', 3)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect([(await store.load('team', 'a'))?.record, store.isWritable?.()]).toEqual([{ n: 2 }, false]);
      await store.close();
      const again = await there.open();
      // What was written and not confirmed may be there: whoever sent it was told that this is open.
      expect([2, verb === 'sync' ? 3 : 2]).toContain((await again.load('team', 'a'))?.record?.['n']);
      expect((await again.state.get('cursors', 'reader'))?.value).toBe(2);
      expect(await saveVersions(again, 'b', 1, 1)).toEqual(['committed']);
      await there.remove();
    },
  );
});

function hasPrlimit(): boolean {
  try {
    execFileSync('prlimit', ['--version']);
    return true;
  } catch {
    console.warn('\n!!! No prlimit (util-linux): the test with a limit of the size of files is SKIPPED.\n');
    return false;
  }
}

function setFileLimit(pid: number, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
}

async function largestFile(path: string): Promise<number> {
  const names = await readdir(path);
  return Math.max(...(await Promise.all(names.map(async (name) => (await stat(join(path, name))).size))));
}
