import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLowdbFolder, saveVersions, type LowdbFolder } from '../store/lowdbFolder.ts';
import { writeCheckpoint, readCheckpoint } from '../../../backend/stores/lowdb/checkpoint.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';
import { runCli } from './runCli.ts';

let folder: LowdbFolder;
beforeEach(async () => {
  folder = await createLowdbFolder();
  const store = await folder.open();
  for (let n = 1; n <= 4; n += 1) {
    await store.commit([draftWrite('a', { n }, { expectedVersion: n - 1, before: n === 1 ? null : { n: n - 1 } })]);
  }
  await store.close();
});
afterEach(() => folder.remove());

const verify = () => runCli(['verify', '--data-dir', folder.path]);

it('a folder that holds together is said to, and is left as it is', async () => {
  const before = await folder.readText('closed.json');
  expect(await verify()).toMatchObject({ code: 0, out: expect.stringContaining('ok: 4 entries and 1 records') });
  expect(await folder.readText('closed.json')).toBe(before);
});

it('a byte that changed in the middle of the log is said with file and line', async () => {
  const [file = ''] = await folder.logFiles();
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"n":2', '"n":9'));
  const { code, errors } = await verify();
  expect(code).toBe(1);
  expect(errors).toContain(`LOG_DAMAGED: ${file}, line 3:`);
});

it('a record that is not what its entries make of it is said, with the entry', async () => {
  const checkpoint = await readCheckpoint(folder.path);
  const records = (checkpoint?.records ?? []).map((stored) => ({ ...stored, record: { n: 5 }, published: { n: 5 } }));
  await writeCheckpoint(folder.path, { seq: checkpoint?.seq ?? 0, records });
  const [file = ''] = await folder.logFiles();
  const { code, out } = await verify();
  expect(code).toBe(1);
  expect(out).toContain(
    `failed: team/a is not what its entries make of it (last one at ${file}, line 8): the content differs.`,
  );
});

it('a change that does not lead back to the one before it is said with its place', async () => {
  const store = await folder.open();
  expect(await saveVersions(store, 'a', 5, 5)).toEqual(['committed']);
  await store.close();
  // saveVersions gives an empty record as the one before.
  expect((await verify()).out).toMatch(/failed: .*line 10: version 5 of team\/a does not lead back to version 4\./);
});
