import { execFile } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAddressGuard } from '../../../backend/readers/webhooks/addressGuard.ts';
import { createNameResolver, resolverLimits } from '../../../backend/readers/webhooks/createNameResolver.ts';

let folder: string;
let server: Socket;
/** Addresses by name; a name that is missing gets no answer at all. */
let known: Record<string, string>;
const asked: string[] = [];
/** Names for which the server answers that it failed. */
const failing = new Set<string>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resolve-name-'));
  await writeFile(
    join(folder, 'hosts'),
    '# for people\n10.1.2.3\tinside.example  Other.example # more\n::1 inside.example\n',
  );
  known = {};
  asked.length = 0;
  failing.clear();
  server = createSocket('udp4', (query, from) => {
    const { name, type, end } = readQuestion(query);
    asked.push(`${name} ${type}`);
    if (failing.has(name)) server.send(failureOf(query, end), from.port, from.address);
    const address = known[name];
    if (address !== undefined) server.send(answerTo(query, end, type === 1 ? address : null), from.port, from.address);
  });
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const resolver = (limits: { readonly [Name in keyof typeof resolverLimits]?: number } = {}) =>
  createNameResolver({
    servers: [`127.0.0.1:${server.address().port}`],
    hostsFile: join(folder, 'hosts'),
    limits: { ...resolverLimits, ...limits },
  });

it('a name is found while the name servers of a hundred others are silent', async () => {
  known['living.example'] = '93.184.216.34';
  const resolve = resolver({ timeoutMs: 1_000 });
  const dead = Array.from({ length: 100 }, (_, n) => resolve(`d${n}.dead.example`).then(String, String));
  const startedAt = Date.now();
  expect(await resolve('living.example')).toEqual([{ address: '93.184.216.34', family: 4 }]);
  expect(Date.now() - startedAt).toBeLessThan(800);
  expect(new Set((await Promise.all(dead)).map((error) => error.includes('our name servers did not answer')))).toEqual(
    new Set([true]),
  );
});

it('an answer counts for a moment, those who ask at once ask once, and then it is asked for again', async () => {
  known['site.example'] = '93.184.216.34';
  const resolve = resolver({ keptMs: 50 });
  const addresses = async () => (await resolve('site.example')).map(({ address }) => address);
  expect(await Promise.all([addresses(), addresses()])).toEqual([['93.184.216.34'], ['93.184.216.34']]);
  expect(asked.sort()).toEqual(['site.example 1', 'site.example 28']);
  const resolveKept = resolver();
  for (let turn = 0; turn < 3; turn++) await resolveKept('site.example');
  expect(asked.length).toBe(4);
  known['site.example'] = '93.184.216.35';
  await expect.poll(addresses).toEqual(['93.184.216.35']);
});

it('names of the hosts file are found without a name server, and judged like all others', async () => {
  const resolve = resolver();
  expect(await resolve('inside.example')).toEqual([
    { address: '10.1.2.3', family: 4 },
    { address: '::1', family: 6 },
  ]);
  expect(await resolve('other.example')).toEqual([{ address: '10.1.2.3', family: 4 }]);
  const guard = createAddressGuard({ allowPrivate: [], resolve });
  await expect(guard.check('https://inside.example/')).rejects.toThrow('10.1.2.3');
  expect(asked).toEqual([]);
});

it('this machine is found by its name', async () => {
  const addresses = (await createNameResolver()('localhost')).map(({ address }) => address);
  expect(addresses.some((address) => ['127.0.0.1', '::1'].includes(address))).toBe(true);
});

it('who began to wait later than others asks once more when nobody answered them', async () => {
  const resolve = resolver({ timeoutMs: 2_000 });
  const first = resolve('late.example').then(
    () => 'found',
    (error: { code: string }) => error.code,
  );
  // Both questions were sent twice: now the first look-up has only its end before it.
  await expect.poll(() => asked.length, { interval: 1, timeout: 5_000 }).toBe(4);
  const second = resolve('late.example');
  known['late.example'] = '93.184.216.34';
  expect([await first, await second]).toEqual(['NAME_UNANSWERED', [{ address: '93.184.216.34', family: 4 }]]);
});

it('a name that the name server fails for is asked of the system, which knows more', async () => {
  failing.add('localhost');
  const addresses = (await resolver()('localhost')).map(({ address }) => address);
  expect(addresses.some((address) => ['127.0.0.1', '::1'].includes(address))).toBe(true);
  expect(asked.includes('localhost 1')).toBe(true);
});

it.skipIf(process.platform === 'win32')('those who ask at one moment read the hosts file once', async () => {
  const pipe = join(folder, 'pipe');
  await promisify(execFile)('mkfifo', [pipe]);
  const resolve = createNameResolver({
    servers: [`127.0.0.1:${server.address().port}`],
    hostsFile: pipe,
    limits: { ...resolverLimits, timeoutMs: 1_000 },
  });
  // What is in a pipe is read by one reader only.
  const found = Promise.all([resolve('one.example'), resolve('two.example')]);
  await writeFile(pipe, '10.0.0.1 one.example\n10.0.0.2 two.example\n');
  expect((await found).flat().map(({ address }) => address)).toEqual(['10.0.0.1', '10.0.0.2']);
});

it('that a name server is silent is not said to be a wrong spelling', async () => {
  const guard = createAddressGuard({ allowPrivate: [], resolve: resolver({ timeoutMs: 200 }) });
  await expect(guard.check('https://silent.example/')).rejects.toMatchObject({ code: 'NAME_UNANSWERED' });
});

/** The question of a DNS message; `end` is where it ends. */
function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** The answer with one address, or with none. */
function answerTo(query: Buffer, end: number, address: string | null): Buffer {
  const head = Buffer.from(query.subarray(0, end));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(address === null ? 0 : 1, 6);
  head.writeUInt32BE(0, 8);
  if (address === null) return head;
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]);
  return Buffer.concat([head, record]);
}

/** The answer that the server failed: SERVFAIL. */
function failureOf(query: Buffer, end: number): Buffer {
  const head = Buffer.from(query.subarray(0, end));
  head.writeUInt16BE(0x8182, 2);
  head.writeUInt32BE(0, 8);
  return head;
}
