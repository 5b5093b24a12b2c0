import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  createAddressGuard,
  type AddressGuard,
  type ResolvedAddress,
} from '../../../backend/readers/webhooks/addressGuard.ts';

interface Case {
  readonly url: string;
  readonly expect: 'blocked' | 'allowed';
}
const corpus = new URL('../../fixtures/ssrf.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(corpus, 'utf8')) as { cases: readonly Case[] };

/** A resolver that knows these names, and counts how often it is asked. */
function names(known: Record<string, readonly string[]>) {
  const asked: string[] = [];
  const resolve = async (name: string): Promise<readonly ResolvedAddress[]> => {
    asked.push(name);
    const addresses = known[name];
    if (!addresses) throw Object.assign(new Error(`no such name ${name}`), { code: 'ENOTFOUND' });
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return { asked, resolve };
}

const verdict = (guard: AddressGuard, url: string) =>
  guard.check(url).then(
    () => 'allowed',
    (error: { code: string }) => error.code,
  );

describe('the corpus of addresses', () => {
  it('has its 61 cases', () => expect(cases.length).toBe(61));
  it.each(cases)('$url is $expect', async ({ url, expect: expected }) => {
    const guard = createAddressGuard({
      allowPrivate: [],
      resolve: async () => [{ address: '93.184.216.34', family: 4 }],
    });
    expect(await verdict(guard, url)).toBe(expected === 'allowed' ? 'allowed' : 'ENDPOINT_REFUSED');
  });
});

describe('the address guard', () => {
  it('refuses ranges that look public and are not', async () => {
    const guard = createAddressGuard({ allowPrivate: [] });
    const hosts = [
      '[::7f00:1]',
      '[::]',
      '[64:ff9b::a00:1]',
      '[64:ff9b:1::808:808]',
      '[4000::1]',
      '[3fff::1]',
      '[5f00::1]',
      '[ff02::1]',
      '[100:0:0:1::1]',
      '192.88.99.1',
      '203.0.113.9',
      '240.0.0.1',
      '168.63.129.16',
      '[::ffff:168.63.129.16]',
      '[64:ff9b::a83f:8110]',
      '127.0.0.1.',
    ];
    for (const host of hosts)
      expect([host, await verdict(guard, `http://${host}/`)]).toEqual([host, 'ENDPOINT_REFUSED']);
  });

  it('lets networks without IPv4 reach public servers through NAT64', async () => {
    expect(await verdict(createAddressGuard({ allowPrivate: [] }), 'https://[64:ff9b::808:808]/')).toBe('allowed');
  });

  it('refuses ports of services that do not speak HTTP', async () => {
    const guard = createAddressGuard({ allowPrivate: [] });
    for (const port of [0, 22, 25, 6667])
      expect(await verdict(guard, `http://8.8.8.8:${port}/`)).toBe('ENDPOINT_REFUSED');
    expect(await verdict(guard, 'http://8.8.8.8:8080/')).toBe('allowed');
  });

  it('refuses a name when one of its addresses is private', async () => {
    const { resolve } = names({
      'mixed.example': ['8.8.8.8', '::ffff:10.0.0.1'],
      'good.example': ['8.8.8.8', '2606:4700:4700::1111'],
      'none.example': [],
    });
    const guard = createAddressGuard({ allowPrivate: [], resolve });
    expect(await verdict(guard, 'https://mixed.example/')).toBe('ENDPOINT_REFUSED');
    expect(await verdict(guard, 'https://none.example/')).toBe('ENDPOINT_REFUSED');
    expect(await verdict(guard, 'https://unknown.example/')).toBe('ENDPOINT_REFUSED');
    expect(await verdict(guard, 'https://good.example/')).toBe('allowed');
  });

  it('allows the networks that are listed, and says how to list one', async () => {
    const { resolve } = names({ localhost: ['::1', '127.0.0.1'] });
    const guard = createAddressGuard({ allowPrivate: ['127.0.0.0/8', '::1'], resolve });
    for (const host of ['127.0.0.1:3000', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', 'localhost', 'localhost.']) {
      expect([host, await verdict(guard, `http://${host}/`)]).toEqual([host, 'allowed']);
    }
    await expect(guard.check('http://10.0.0.1/')).rejects.toThrow('WEBHOOK_ALLOW_PRIVATE');
  });

  it('refuses at start-up a list that holds something else than networks', () => {
    for (const wrong of ['localhost', '10.0.0.0/40', '']) {
      expect(() => createAddressGuard({ allowPrivate: [wrong] })).toThrow('allowPrivate');
    }
  });

  it('gives a socket the addresses that it judged, asked for once', async () => {
    const { asked, resolve } = names({ 'good.example': ['8.8.8.8', '8.8.4.4'] });
    const { lookup } = createAddressGuard({ allowPrivate: [], resolve });
    const all = await new Promise((done) => lookup('good.example', { all: true }, (...answer) => done(answer)));
    const one = await new Promise((done) => lookup('good.example', {}, (...answer) => done(answer)));
    expect(all).toEqual([
      null,
      [
        { address: '8.8.8.8', family: 4 },
        { address: '8.8.4.4', family: 4 },
      ],
    ]);
    expect(one).toEqual([null, '8.8.8.8', 4]);
    expect(asked).toEqual(['good.example', 'good.example']);
  });

  it('refuses a name whose answer changed between registering and connecting', async () => {
    const answers = [['8.8.8.8'], ['127.0.0.1']];
    const resolve = async () => (answers.shift() ?? []).map((address) => ({ address, family: 4 }));
    const guard = createAddressGuard({ allowPrivate: [], resolve });
    expect(await verdict(guard, 'https://rebind.example/')).toBe('allowed');
    const error = await new Promise((done) =>
      guard.lookup('rebind.example', { all: true }, (failure) => done(failure)),
    );
    expect(error).toMatchObject({ code: 'ENDPOINT_REFUSED' });
  });
});
