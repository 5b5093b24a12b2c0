import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mkdir, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLowdbFolder, saveVersions, type LowdbFolder } from '../store/lowdbFolder.ts';
import { runCli, temporaryFolder } from './runCli.ts';

let folder: LowdbFolder;
let temporary: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await createLowdbFolder();
  temporary = await temporaryFolder();
});
afterEach(async () => {
  await folder.remove();
  await temporary.remove();
});

/** Names, sizes and times of everything in a folder. */
async function traces(path: string): Promise<string[]> {
  const names = (await readdir(path, { recursive: true })).sort();
  return Promise.all(names.map(async (name) => `${name} ${(await stat(`${path}/${name}`)).mtimeMs}`));
}

it('a stopped folder is read, judged and left as it is; one that is missing is not made', async () => {
  const store = await folder.open();
  await saveVersions(store, 'a', 1, 1);
  await store.close();
  const before = await traces(folder.path);
  const { out } = await runCli(['check', '--data-dir', folder.path]);
  expect(out).toMatch(/^ok +settings +readable/m);
  expect(out).toMatch(/^ok +store +.* is readable: 1 records, log up to entry 1$/m);
  expect(out).toMatch(/^ok +clock/m);
  expect(await traces(folder.path)).toEqual(before);
  expect((await runCli(['check', '--data-dir', temporary.at('none')])).out).toMatch(
    /^ok +store +.* holds nothing yet/m,
  );
  expect(await readdir(temporary.path)).toEqual([]);
});

it('a folder in use is said with the process that has it, and is no failure', async () => {
  const store = await folder.open();
  await saveVersions(store, 'a', 1, 1);
  const { out } = await runCli(['check', '--data-dir', folder.path]);
  expect(out).toContain(`warning  owner       process ${process.pid} on`);
  expect(out).toMatch(/^ok +store/m);
});

it('a damaged log is a failure with its place, and the exit code is 1', async () => {
  const store = await folder.open();
  await saveVersions(store, 'a', 1, 3);
  await store.close();
  const [file = ''] = await folder.logFiles();
  await truncate(file, 200);
  const { code, out } = await runCli(['check', '--data-dir', folder.path]);
  expect(code).toBe(1);
  expect(out).toMatch(/^failed +store +The log in .* ends at entry 0, but entry 3 was stored/m);
});

it('what is set wrong for production is said, each with what to do', async () => {
  const { code, out } = await runCli(['check', '--data-dir', temporary.at('none')], {
    NODE_ENV: 'production',
    HOST: '0.0.0.0',
    WEBHOOK_ALLOW_PRIVATE: '10.0.0.0/8',
    CORS_ORIGINS: 'http://site.example',
    SECRET_KEY: 'abcd',
    BACKOFFICE_ADMIN_PASSWORD: 'tiny-secret',
    REDIS_URL: 'redis://user:redis-password@127.0.0.1:1',
  });
  expect(code).toBe(1);
  expect(out).toMatch(/^failed +webhooks +WEBHOOK_ALLOW_PRIVATE opens 10\.0\.0\.0\/8/m);
  expect(out).toMatch(/^warning +https +HOST 0\.0\.0\.0 is reachable without a proxy/m);
  expect(out).toMatch(/^warning +origins +CORS_ORIGINS names http:\/\/site\.example without HTTPS/m);
  expect(out).toMatch(/^failed +secret key +SECRET_KEY has 3 bytes instead of 32/m);
  expect(out).toMatch(/^failed +redis +connect ECONNREFUSED/m);
  expect(out).not.toMatch(/tiny-secret|redis-password|abcd/);
  const wrong = await runCli(['check'], { PORT: 'abc' });
  expect([wrong.code, wrong.out]).toEqual([
    1,
    expect.stringMatching(/^failed +settings +PORT has to be a whole number/),
  ]);
});

it('a Redis that answers is found, and something else at its address is not taken for one', async () => {
  let answer = '-NOAUTH Authentication required.\r\n';
  const server = createServer((socket) => void socket.once('data', () => socket.end(answer)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const REDIS_URL = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const words = ['check', '--data-dir', temporary.at('none')];
  expect((await runCli(words, { REDIS_URL })).out).toMatch(/^ok +redis +127\.0\.0\.1:\d+ answers$/m);
  answer = 'HTTP/1.1 400 Bad Request\r\n\r\n';
  expect((await runCli(words, { REDIS_URL })).out).toMatch(/^failed +redis +.* does not answer like a Redis/m);
  await new Promise((resolve) => server.close(resolve));
});

it('a file where the folder should be is a failure', async () => {
  await mkdir(temporary.at('sub'));
  await writeFile(temporary.at('sub/file'), 'x');
  const { code, out } = await runCli(['check', '--data-dir', temporary.at('sub/file')]);
  expect([code, out]).toEqual([1, expect.stringContaining('is no folder')]);
});
