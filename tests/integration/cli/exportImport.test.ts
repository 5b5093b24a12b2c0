import { closeSync, existsSync, openSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lowdbStore } from '../../../backend/stores/lowdb/lowdbStore.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { resources } from './cliResources.ts';
import { resourcesPath, runCli, startCli, temporaryFolder } from './runCli.ts';

type Line = { resource: string; id: string; version: number; record: Record<string, unknown>; published?: unknown };

let started: Started;
let temporary: Awaited<ReturnType<typeof temporaryFolder>>;
const declared = ['--resources', resourcesPath];

beforeEach(async () => {
  temporary = await temporaryFolder();
  started = await startSync({ resources });
  await started.sync.records('mail').update('main', { host: 'smtp', password: 'never-to-be-seen' });
  await started.sync.records('news').create({ id: 'n1', title: 'First' });
  await started.sync.records('news').publish('n1');
  await started.sync.records('news').update('n1', { title: 'Second' });
  await started.sync.records('team').create({ id: 'm2', name: 'Gone' });
  await started.sync.records('team').delete('m2');
  await started.sync.records('services').increment('s1', { views: 3 });
});
afterEach(async () => {
  await started.stop();
  await temporary.remove();
});

async function exported(folder: string, name: string): Promise<string> {
  const { code } = await runCli(['export', '--data-dir', folder, '--out', temporary.at(name), ...declared]);
  expect(code).toBe(0);
  return readFile(temporary.at(name), 'utf8');
}

function linesOf(text: string): Line[] {
  return text.trim().split('\n').slice(1, -1).map((line) => JSON.parse(line) as Line); // prettier-ignore
}

describe('export', () => {
  it('writes every record in one order, with counters and drafts, without secrets and deleted ones, while the server runs', async () => {
    const text = await exported(started.folder, 'a.jsonl');
    expect(linesOf(text).map(({ resource, id }) => `${resource}/${id}`)).toEqual(['mail/main', 'news/n1', 'services/s1', 'team/m1']); // prettier-ignore
    expect(text).not.toMatch(/never-to-be-seen|sealed:|password/);
    expect(linesOf(text)[1]).toMatchObject({ record: { title: 'Second' }, published: { title: 'First' } });
    expect(linesOf(text)[2]?.record).toMatchObject({ views: 10 });
    expect(await exported(started.folder, 'b.jsonl')).toBe(text);
  });

  it('goes to the standard output without a file, and says what it did beside it', async () => {
    const { code, out, errors } = await runCli(['export', '--data-dir', started.folder, ...declared]);
    expect(code).toBe(0);
    expect(linesOf(out).length).toBe(4);
    expect(errors).toContain('Exported 4 records of 4 resources');
    expect(errors).toContain('Left out, because they are not among the declared resources: accounts.');
    expect(errors).toContain(`belongs to process ${process.pid}`);
  });

  it.skipIf(!existsSync('/dev/full'))('says that a full disk did not take it, and fails', async () => {
    const full = openSync('/dev/full', 'w');
    const { code, errors } = await startCli(['export', '--data-dir', started.folder, ...declared], {}, full).ended;
    closeSync(full);
    expect([code, errors]).toEqual([
      1,
      expect.stringMatching(/FILE_INVALID: The standard output cannot be written to its end.*ENOSPC/),
    ]);
  });

  it('says that there is no data folder, and makes none', async () => {
    const { code, errors } = await runCli(['export', '--data-dir', temporary.at('nothing')]);
    expect([code, errors]).toEqual([1, expect.stringContaining('is not a data folder')]);
    expect(await readdir(temporary.path)).toEqual([]);
  });
});

describe('import', () => {
  it('makes the same records elsewhere, each an entry by "import", and a second time nothing', async () => {
    const text = await exported(started.folder, 'a.jsonl');
    const words = ['import', temporary.at('a.jsonl'), '--data-dir', temporary.at('other'), ...declared];
    const trial = await runCli([...words, '--dry-run']);
    expect([trial.code, trial.out]).toEqual([0, expect.stringContaining('it would be: 4 created')]);
    const first = await runCli(words);
    expect([first.code, first.out]).toEqual([
      0,
      expect.stringContaining('4 created, 0 updated, 0 unchanged, 0 refused'),
    ]);
    expect((await runCli(words)).out).toContain('0 created, 0 updated, 4 unchanged');

    const plain = ({ record: { version: _v, updatedAt: _a, updatedBy: _b, publishedVersion: _p, ...record } }: Line) =>
      record;
    expect(linesOf(await exported(temporary.at('other'), 'b.jsonl')).map(plain)).toEqual(linesOf(text).map(plain));
    const store = lowdbStore({ folder: temporary.at('other') });
    await store.open();
    const { entries } = await store.log.read(0);
    expect((await store.load('news', 'n1'))?.published).toMatchObject({ title: 'First' });
    await store.close();
    expect(entries.length).toBeGreaterThanOrEqual(4);
    expect(entries.every((entry) => entry.kind === 'change' && entry.actor.name === 'import')).toBe(true);
  });

  it('changes only what differs, protected fields too, and says for each record what happened', async () => {
    const text = await exported(started.folder, 'a.jsonl');
    await writeFile(temporary.at('edited.jsonl'), text.replace('2020-01-01', '2019-12-31').replace('"Second"', '""'));
    const folder = started.folder;
    await started.sync.close();
    const { code, out } = await runCli(['import', temporary.at('edited.jsonl'), '--data-dir', folder, ...declared]);
    expect(code).toBe(1);
    expect(out).toContain('team/m1: updated');
    expect(out).toContain('services/s1: unchanged');
    expect(out).toMatch(/news\/n1: refused \(line 3\) INVALID: .*\/title/);
    expect(out).toContain('0 created, 1 updated, 2 unchanged, 1 refused.');
    await started.restart();
    expect(await started.sync.records('team').get('m1')).toMatchObject({ joinDate: '2019-12-31', role: 'CTO' });
    expect(await started.sync.records('mail').get('main')).toMatchObject({ host: 'smtp' });
  });

  it('refuses a folder in use with the process that has it', async () => {
    await exported(started.folder, 'a.jsonl');
    const { code, errors } = await runCli([
      'import',
      temporary.at('a.jsonl'),
      '--data-dir',
      started.folder,
      ...declared,
    ]);
    expect([code, errors]).toEqual([1, expect.stringContaining(`FOLDER_OWNED`)]);
    expect(errors).toContain(`process ${process.pid}`);
  });

  it('refuses a file of another format, a damaged line and a file that was cut off, each with its line, and saves nothing', async () => {
    const text = await exported(started.folder, 'a.jsonl');
    const lines = text.trim().split('\n');
    const cases: [string, string][] = [
      ['{"format":"something else"}\n', 'line 1: this is not a file of the format'],
      ['id,name\n1,Ada\n', 'line 1: this is not a line of JSON'],
      [text.replace('"Camille"', 'Camille'), 'line 5: this is not a line of JSON'],
      [text.replace('"resource":"team"', '"resource":"teams"'), 'line 5: there is no resource "teams"'],
      [lines.slice(0, -1).join('\n'), 'the end is missing'],
    ];
    for (const [content, problem] of cases) {
      await writeFile(temporary.at('wrong.jsonl'), content);
      const { code, errors } = await runCli([
        'import',
        temporary.at('wrong.jsonl'),
        '--data-dir',
        temporary.at('new'),
        ...declared,
      ]);
      expect([code, errors]).toEqual([1, expect.stringContaining(problem)]);
      expect(await readdir(temporary.path)).not.toContain('new');
    }
  });
});
