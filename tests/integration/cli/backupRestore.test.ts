import { copyFile, mkdir, readFile, readdir, truncate, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lowdbStore } from '../../../backend/stores/lowdb/lowdbStore.ts';
import { createSync } from '../../../backend/createSync.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { resources } from './cliResources.ts';
import { runCli, temporaryFolder } from './runCli.ts';

type BackupText = { floor?: number; entry?: { id: string; version: number } };

let started: Started;
let temporary: Awaited<ReturnType<typeof temporaryFolder>>;

beforeEach(async () => {
  temporary = await temporaryFolder();
  started = await startSync({ resources });
  await started.sync.records('mail').update('main', { host: 'smtp', password: 'never-to-be-seen' });
  for (const role of ['a', 'b', 'c']) await started.sync.records('team').update('m1', { role });
  await started.sync.records('team').create({ id: 'm2', name: 'Gone' });
  await started.sync.records('team').delete('m2');
});
afterEach(async () => {
  await started.stop();
  await temporary.remove();
});

async function backUp(name: string): Promise<string> {
  const path = temporary.at(name);
  const { code, out } = await runCli(['backup', '--data-dir', started.folder, '--out', path]);
  expect([code, out]).toEqual([0, expect.stringContaining(path)]);
  return path;
}

describe('a backup of a running server', () => {
  it('restores with everything into a new log: a new epoch, lifted versions, and old cursors are reset', async () => {
    const cursor = (await (await started.send('GET', '/api/sync/poll?since=0&resources=team')).json()) as {
      cursor: string;
    };
    const old = (await (await started.send('GET', '/api/team/m1')).json()) as Record<string, unknown>;
    const path = await backUp('backup.jsonl');
    expect(await readFile(path, 'utf8')).not.toContain('never-to-be-seen');

    await mkdir(temporary.at('restored'));
    await copyFile(`${started.folder}/key`, temporary.at('restored/key'));
    const { code, out } = await runCli(['restore', path, '--data-dir', temporary.at('restored')]);
    expect([code, out]).toEqual([0, expect.stringContaining('Its epoch is')]);
    expect((await runCli(['verify', '--data-dir', temporary.at('restored')])).out).toMatch(/^ok: /);

    const second = await startSync({ resources, store: lowdbStore({ folder: temporary.at('restored') }) });
    try {
      const answer = await second.send('GET', '/api/team/m1');
      const record = (await answer.json()) as Record<string, unknown>;
      expect(record).toMatchObject({ name: 'Camille', role: 'c', joinDate: '2020-01-01', createdAt: old.createdAt });
      expect(answer.headers.get('etag')).not.toContain(cursor.cursor.split(':')[0]);
      const saved = await second.send('PATCH', '/api/team/m1', { role: 'd' });
      expect(await saved.json()).toMatchObject({ version: 1_000_001 });
      const poll = await second.send('GET', `/api/sync/poll?since=${cursor.cursor}&resources=team`);
      expect(await poll.json()).toMatchObject({ recovered: false, messages: [{ type: 'reset' }] });
      const history = (await (await second.send('GET', '/api/team/m1/history')).json()) as { version: number }[];
      expect(history.map(({ version }) => version)).toEqual([1_000_001, 4, 3, 2, 1]);
      expect((await second.send('GET', '/api/team/m2')).status).toBe(404);
    } finally {
      await second.stop();
    }
  });

  it('has every save that was acknowledged before it began, and a later one is not in it', async () => {
    const before = await backUp('before.jsonl');
    await started.sync.records('team').update('m1', { role: 'later' });
    const after = await backUp('after.jsonl');
    expect(await readFile(before, 'utf8')).not.toContain('"later"');
    expect(await readFile(after, 'utf8')).toContain('"later"');
  });

  it('leaves no file when it fails, and never replaces one', async () => {
    await writeFile(temporary.at('taken.jsonl'), 'mine');
    const taken = await runCli(['backup', '--data-dir', started.folder, '--out', temporary.at('taken.jsonl')]);
    expect([taken.code, taken.errors]).toEqual([1, expect.stringContaining('exists already')]);
    expect(await readFile(temporary.at('taken.jsonl'), 'utf8')).toBe('mine');
    const lost = await runCli(['backup', '--data-dir', started.folder, '--out', temporary.at('no/where.jsonl')]);
    expect([lost.code, lost.errors]).toEqual([1, expect.stringContaining('cannot be written')]);
    await mkdir(temporary.at('folder'));
    expect((await runCli(['backup', '--data-dir', started.folder, '--out', temporary.at('folder')])).code).toBe(0);
    expect(await readdir(temporary.at('folder'))).toEqual([
      expect.stringMatching(/^backoffice-sync-\d{8}T\d{6}Z-\d+\.jsonl$/),
    ]);
  });
});

describe('restore', () => {
  it('takes a log of which old files are gone, and what verifies before verifies after', async () => {
    const folder = temporary.at('old');
    // The clock of a day later, so that what was just saved is old.
    const now = () => Date.now() + 86_400_000;
    const store = lowdbStore({ folder, retentionDays: 0, keptVersions: 1, maxSegmentBytes: 2_000, checkpointAfterBytes: 4_000, now }); // prettier-ignore
    await store.open();
    await store.commit([draftWrite('rare', { n: 0 }, { expectedVersion: 0 })]);
    for (let n = 1; (await store.log.read(0)).floor === 0; n += 1) {
      await store.commit([draftWrite('a', { n }, { expectedVersion: n - 1, before: n === 1 ? null : { n: n - 1 } })]);
      expect(n).toBeLessThan(20_000);
    }
    await store.close();
    expect((await runCli(['verify', '--data-dir', folder])).out).toMatch(/^ok: /);
    await runCli(['backup', '--data-dir', folder, '--out', temporary.at('old.jsonl')]);
    expect((await runCli(['restore', temporary.at('old.jsonl'), '--data-dir', temporary.at('new')])).code).toBe(0);
    expect((await runCli(['verify', '--data-dir', temporary.at('new')])).out).toMatch(/^ok: /);
    const [header, ...lines] = (await readFile(temporary.at('old.jsonl'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as BackupText); // prettier-ignore
    const versions = lines.flatMap(({ entry }) => (entry?.id === 'a' ? [entry.version] : [])).reverse();
    expect(header?.floor).toBeGreaterThan(0);
    // Old files are gone between those that a record still needs.
    expect(versions.length).toBeLessThan(versions[0] ?? 0);
    const restored = lowdbStore({ folder: temporary.at('new'), onWarning: () => undefined });
    await restored.open();
    expect((await restored.log.read(0)).floor).toBe(header?.floor);
    expect((await restored.log.history('team', 'a', { limit: 100_000 })).map(({ version }) => version).slice(1)).toEqual(versions); // prettier-ignore
    expect(await restored.load('team', 'rare')).toMatchObject({ record: { n: 0 }, version: 1_000_000 });
    await restored.close();
  });

  it('refuses a backup that was cut off or changed by a letter, and a folder that is not empty; nothing is written', async () => {
    const path = await backUp('backup.jsonl');
    const text = await readFile(path, 'utf8');
    await writeFile(temporary.at('changed.jsonl'), text.replace('Camille', 'Camilla'));
    await copyFile(path, temporary.at('short.jsonl'));
    await truncate(temporary.at('short.jsonl'), text.length - 120);
    for (const [file, problem] of [
      ['changed.jsonl', 'the checksum is another one'],
      ['short.jsonl', /the end is missing|not a line of JSON/],
    ] as const) {
      const { code, errors } = await runCli(['restore', temporary.at(file), '--data-dir', temporary.at('new')]);
      expect(code).toBe(1);
      expect(errors).toMatch(problem);
      expect(await readdir(temporary.path)).not.toContain('new');
    }
    const used = await runCli(['restore', path, '--data-dir', started.folder]);
    expect([used.code, used.errors]).toEqual([1, expect.stringContaining('is not empty')]);
    expect(await started.sync.records('team').get('m1')).toMatchObject({ role: 'c' });
  });

  it('that did not come to its end leaves a folder on which no server starts', async () => {
    await mkdir(temporary.at('half/log'), { recursive: true });
    const path = await backUp('backup.jsonl');
    expect((await runCli(['restore', path, '--data-dir', temporary.at('half')])).code).toBe(1);
    // As a kill in the middle leaves it: the sentence is written first.
    await writeFile(temporary.at('half/epoch.json'), 'A restore into this folder did not come to its end.\n');
    const sync = createSync({ resources, store: lowdbStore({ folder: temporary.at('half') }) });
    await expect(sync.ready).rejects.toMatchObject({ code: 'FOLDER_UNUSABLE' });
    await sync.close();
  });

  it('goes nowhere without being told where to, whatever the settings name', async () => {
    const path = await backUp('backup.jsonl');
    const { code, errors } = await runCli(['restore', path], { DATA_DIR: temporary.at('settings') });
    expect([code, errors]).toEqual([2, expect.stringContaining('--data-dir')]);
    expect(await readdir(temporary.path)).not.toContain('settings');
  });
});
