// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { reportShown } from 'backoffice-sync/site';

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
  readonly items: readonly { resource: string; id: string; version: number; kind: string }[];
}

let sent: Sent[];
let stop: () => void;
const change = (resource: string, detail: object) =>
  dispatchEvent(new CustomEvent(`backoffice:${resource}-updated`, { detail: { resource, ...detail } }));
/** Long enough for a report to be gathered and drawn. */
const pass = () => vi.advanceTimersByTime(1_000);
const told = () =>
  sent.flatMap(({ items }) => items.map(({ kind, resource, id, version }) => `${kind} ${resource}/${id} ${version}`));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'requestAnimationFrame', 'cancelAnimationFrame'] });
  sent = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    sent.push({ url, init, ...(JSON.parse(String(init.body)) as Pick<Sent, 'items'>) });
    return Promise.reject(new TypeError('away'));
  });
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('a change that was drawn is reported once, as the version that stands last', () => {
  stop = reportShown({ backendUrl: 'https://api.example.com' });
  change('settings', { id: 'main', version: 4 });
  change('settings', { id: 'main', version: 5 });
  expect(sent).toEqual([]);
  pass();
  expect(told()).toEqual(['shown settings/main 5']);
  expect(sent[0]?.url).toBe('https://api.example.com/api/sync/shown');
  pass();
  expect(sent).toHaveLength(1);
});

it('a report carries no cookie and nothing of the page or its visitor', () => {
  stop = reportShown();
  change('settings', { id: 'main', version: 4, record: { email: 'a@example.com' }, actor: { name: 'Ada' } });
  pass();
  expect(sent[0]?.init).toMatchObject({ credentials: 'omit', mode: 'no-cors', keepalive: true });
  expect(Object.keys(JSON.parse(String(sent[0]?.init.body)) as object)).toEqual(['items']);
  expect(Object.keys(sent[0]?.items[0] ?? {}).sort()).toEqual(['id', 'kind', 'resource', 'version']);
  expect(sent[0]?.init.headers).toBeUndefined();
});

it('what the page was filled with is reported, the newest of it, and what its server wrote into it', () => {
  const team = Array.from({ length: 30 }, (_, n) => ({ id: `m${n}`, version: 1, updatedAt: `2026-01-${10 + n}` }));
  stop = reportShown({
    resources: ['settings', 'team'],
    snapshot: { cursor: '', records: { settings: { version: 7, updatedAt: '2026-02-01' }, team } },
    rendered: 'settings:3, team.m1:1,nonsense,news.a b:1',
  });
  pass();
  expect(told().slice(0, 3)).toEqual(['rendered settings/main 3', 'rendered team/m1 1', 'shown settings/main 7']);
  expect(told()).toHaveLength(20);
  expect(told()).toContain('shown team/m29 1');
  expect(told()).not.toContain('shown team/m2 1');
});

it('counts are no version, and after the stop nothing is reported', () => {
  stop = reportShown();
  change('settings', { id: 'main', version: 4, counts: { views: 3 } });
  pass();
  expect(sent).toEqual([]);
  change('settings', { id: 'main', version: 4 });
  stop();
  change('settings', { id: 'main', version: 5 });
  pass();
  expect(sent).toEqual([]);
});
