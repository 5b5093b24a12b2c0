import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { appendFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeFolder } from '../../../backend/stores/lowdb/folderOwner.ts';
import { findLiveness, identifyProcess } from '../../../backend/stores/lowdb/processIdentity.ts';
import { createLowdbFolder, saveVersions, type LowdbFolder } from './lowdbFolder.ts';

let folder: LowdbFolder;
beforeEach(async () => {
  folder = await createLowdbFolder();
});
afterEach(() => folder.remove());

/** Rewrites who owns the folder, in the same file. */
async function editOwner(change: Record<string, unknown>): Promise<void> {
  const owner = JSON.parse(await folder.readText('owner.json')) as Record<string, unknown>;
  await writeFile(join(folder.path, 'owner.json'), JSON.stringify({ ...owner, ...change }));
}

/** Takes the folder and dies, as far as others can see: no release, no heartbeat. */
async function leaveDeadOwner(change: Record<string, unknown>): Promise<void> {
  await mkdir(folder.path, { recursive: true });
  const owner = await takeFolder(folder.path, () => undefined);
  const text = await folder.readText('owner.json');
  await owner.release();
  // A new file, whose inode is written into it, as every owner does it.
  await writeFile(join(folder.path, 'owner.json'), text);
  const { ino: inode } = await stat(join(folder.path, 'owner.json'));
  await editOwner({ inode, ...change });
}

describe('the owner of a data folder', () => {
  it('a second process is refused with the pid of the first, which goes on', async () => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('./commitForever.ts', import.meta.url)), folder.path],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(child.stdout, 'data');
    const error = await folder.openError();
    expect(error).toMatch(/^FOLDER_OWNED: /);
    expect(error).toContain(`process ${child.pid}`);
    expect(error).toContain(folder.path);
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await folder.openError()).toBe('opened');
  });

  it('a second store in the same process is refused', async () => {
    await folder.open();
    expect(await folder.openError()).toContain(`process ${process.pid}`);
  });

  it('an owner with a pid that is used again is dead: another start time, or another boot', async () => {
    for (const change of [{ startTime: '1' }, { bootId: 'another' }, { pid: 2 ** 22 + 1 }]) {
      await leaveDeadOwner({ pid: process.pid, ...change });
      const startedAt = performance.now();
      expect(await folder.openError()).toBe('opened');
      expect(performance.now() - startedAt).toBeLessThan(2_400);
    }
  });

  it('an owner on another machine that gives no sign of life is taken over, one that does is not', async () => {
    await leaveDeadOwner({ host: 'elsewhere' });
    expect(await folder.openError()).toBe('opened');
    const store = await folder.open();
    await editOwner({ host: 'elsewhere' });
    expect(await folder.openError()).toMatch(/^FOLDER_OWNED: .* on elsewhere/);
    await store.close();
  });

  it('of many that find a dead owner exactly one gets the folder', async () => {
    for (let round = 0; round < 5; round += 1) {
      await leaveDeadOwner({ startTime: '1' });
      const taken = await Promise.allSettled(
        Array.from({ length: 12 }, () => takeFolder(folder.path, () => undefined)),
      );
      const owners = taken.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const codes = taken.flatMap((result) =>
        result.status === 'rejected' ? [(result.reason as { code: string }).code] : [],
      );
      expect([owners.length, new Set(codes)]).toEqual([1, new Set(['FOLDER_OWNED'])]);
      await owners[0]?.release();
    }
  });

  it('a process that was slower than another in taking over finds the new owner', async () => {
    await leaveDeadOwner({ startTime: '1' });
    const path = join(folder.path, 'owner.json');
    const next = join(folder.path, 'next.json');
    const owner = JSON.parse(await folder.readText('owner.json')) as object;
    await writeFile(next, '');
    const { ino: inode } = await stat(next);
    await writeFile(next, JSON.stringify({ ...owner, ...identifyProcess(), id: 'next', inode }));
    let looks = 0;
    const taking = takeFolder(
      folder.path,
      () => undefined,
      (found) => {
        looks += 1;
        // While this one looks, another takes the dead owner's place and has removed its claims already.
        if (looks === 1) renameSync(next, path);
        return looks === 1 ? 'dead' : findLiveness(found);
      },
    );
    await expect(taking).rejects.toMatchObject({ code: 'FOLDER_OWNED' });
    expect(JSON.parse(await folder.readText('owner.json'))).toMatchObject({ id: 'next' });
    expect((await readdir(folder.path)).filter((name) => /claim|draft/.test(name))).toEqual([]);
  });

  it('a process that lost its folder notices before it writes', async () => {
    const store = await folder.open();
    await saveVersions(store, 'a', 1, 1);
    const [file] = await folder.logFiles();
    await appendFile(file as string, 'a line of another process\n');
    expect(await saveVersions(store, 'a', 2, 2)).toEqual(['STORE_UNAVAILABLE']);
    expect(folder.warnings.join()).toContain('another process writes to this folder');
  });

  it('a path that cannot be a folder is refused with what to do', async () => {
    await mkdir(folder.path);
    await writeFile(join(folder.path, 'log'), '');
    expect(await folder.openError()).toMatch(/^FOLDER_UNUSABLE: /);
  });
});
