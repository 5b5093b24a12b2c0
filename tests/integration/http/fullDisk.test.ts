import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lowdbStore } from 'backoffice-sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAppendFile } from '../../../backend/stores/lowdb/appendFile.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';

describe('an installation whose disk is full', () => {
  let folder: string;
  let at: Started;
  let fault: 'write' | 'sync' | null;
  let warnings: string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'backoffice-sync-full-'));
    fault = null;
    warnings = [];
    const failing = (verb: 'write' | 'sync') => {
      if (fault === verb) throw Object.assign(new Error(`ENOSPC: no space left, ${folder}`), { code: 'ENOSPC' });
    };
    at = await startSync({
      store: lowdbStore({
        folder,
        onWarning: (warning) => void warnings.push(warning),
        async openFile(path) {
          const file = await openAppendFile(path);
          return {
            ...file,
            async write(bytes, position) {
              failing('write');
              await file.write(bytes, position);
            },
            async sync() {
              failing('sync');
              await file.sync();
            },
          };
        },
      }),
    });
  });
  afterEach(async () => {
    fault = null;
    await at.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const save = (phone: string) => at.send('PATCH', '/api/settings', { phone }, { 'if-match': '*' });

  it('refuses a save with what to do, when to come again and without a path, is not ready, and goes on when there is space', async () => {
    fault = 'write';
    const refused = await save('2');
    const text = await refused.text();
    expect([refused.status, JSON.parse(text).code]).toEqual([503, 'STORE_UNAVAILABLE']);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(JSON.parse(text).detail).toBe(
      'The disk refused the write; nothing was saved. Free some space, then send it again.',
    );
    expect([text.includes(folder), text.includes('ENOSPC')]).toEqual([false, false]);
    expect(warnings).toEqual([expect.stringContaining('ENOSPC')]);
    expect(await at.sync.isReady()).toBe(false);
    fault = null;
    expect(await at.sync.isReady()).toBe(true);
    expect((await save('3')).status).toBe(200);
  });

  it('says after a failed sync that the server has to be started again, also without a path, and stays not ready', async () => {
    fault = 'sync';
    await save('2');
    fault = null;
    const text = await (await save('3')).text();
    expect(JSON.parse(text)).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      detail: expect.stringContaining('started again'),
    });
    expect(text).not.toContain(folder);
    expect(await at.sync.isReady()).toBe(false);
    expect((await at.send('GET', '/api/settings')).status).toBe(200);
  });
});
