// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connectSite, type SiteConnection } from 'backoffice-sync/site';
import { answerSnapshots, currentStream, send, StandInEventSource } from './standInBackend.ts';

const epoch = '01890000-0000-7000-8000-000000000000';
const later = '01990000-0000-7000-8000-000000000000';
const snapshot = {
  cursor: `${epoch}:7`,
  records: {
    settings: {
      id: 'main',
      version: 3,
      companyName: 'TRU',
      email: 'a@tru.test',
      site: 'https://tru.test',
      address: { city: 'Lyon' },
    },
    team: [{ id: 'a', version: 1, name: 'Ada' }],
  },
};
const change = (seq: number, fields: object, over: object = {}) => ({
  type: 'change',
  cursor: `${epoch}:${seq}`,
  change: {
    cursor: `${epoch}:${seq}`,
    resource: 'settings',
    id: 'main',
    operation: 'updated',
    version: seq,
    record: { ...snapshot.records.settings, ...fields },
    ...over,
  },
});

let site: SiteConnection | undefined;
let heard: { type: string; detail: unknown }[];
const listen = (event: Event) => void heard.push({ type: event.type, detail: (event as CustomEvent).detail });
const names = ['snapshot', 'sync', 'settings-updated', 'team-created', 'team-updated', 'team-deleted'].map(
  (name) => `backoffice:${name}`,
);

beforeEach(() => {
  vi.useFakeTimers();
  heard = [];
  for (const name of names) addEventListener(name, listen);
  document.body.innerHTML = `
    <h1 data-bo-bind="settings.companyName">Before</h1><p data-bo-bind="settings.address.city">Before</p>
    <a data-bo-bind="settings.email" data-bo-attr="href" data-bo-prefix="mailto:">mail</a>
    <a id="site" data-bo-bind="settings.site" data-bo-attr="href">site</a>
    <b data-bo-bind="settings.site" data-bo-attr="onclick"></b><i data-bo-bind="team.a.name">Before</i><u data-bo-bind="news.x.title">Stays</u>`;
});
afterEach(() => {
  site?.close();
  for (const name of names) removeEventListener(name, listen);
  vi.unstubAllGlobals();
  vi.useRealTimers();
  Object.defineProperty(document, 'hidden', { value: false, configurable: true });
});

const text = (selector: string) => document.querySelector(selector)?.textContent;
const settled = () => vi.advanceTimersByTimeAsync(0);
const connect = async (...snapshots: Parameters<typeof answerSnapshots>) => {
  const read = answerSnapshots(...(snapshots.length > 0 ? snapshots : [snapshot]));
  site = connectSite({ resources: ['settings', 'team'] });
  await settled();
  return read;
};

it('the page is filled from one snapshot, then follows from its cursor', async () => {
  const read = await connect();
  expect([text('h1'), text('p'), text('i'), text('u')]).toEqual(['TRU', 'Lyon', 'Ada', 'Stays']);
  expect(read).toEqual(['/api/sync/snapshot?resources=settings,team']);
  expect(currentStream().url.searchParams.get('since')).toBe(`${epoch}:7`);
  expect(heard[0]).toEqual({ type: 'backoffice:snapshot', detail: snapshot });
  expect(document.querySelector('[data-bo-changed]')).toBeNull();
});

it('a save shows without a reload, as text, and its element is marked for a second', async () => {
  await connect();
  send(change(8, { companyName: '<img src=x onerror=alert(1)>' }));
  expect(text('h1')).toBe('<img src=x onerror=alert(1)>');
  expect(document.querySelector('h1 img')).toBeNull();
  expect([...document.querySelectorAll('[data-bo-changed]')].map((element) => element.tagName)).toEqual(['H1']);
  await vi.advanceTimersByTimeAsync(1000);
  expect(document.querySelector('[data-bo-changed]')).toBeNull();
  expect(heard.at(-1)).toMatchObject({ type: 'backoffice:settings-updated', detail: { version: 8 } });
});

it('an attribute takes only a harmless URL, and only href or src', async () => {
  await connect();
  expect(document.querySelector('a')?.getAttribute('href')).toBe('mailto:a@tru.test');
  expect(document.querySelector('#site')?.getAttribute('href')).toBe('https://tru.test');
  expect(document.querySelector('b')?.hasAttribute('onclick')).toBe(false);
  send(change(8, { site: ' java\nscript:alert(1)' }));
  expect(document.querySelector('#site')?.hasAttribute('href')).toBe(false);
});

it('an older change is left out, and a restored backup with lower versions is not', async () => {
  await connect();
  send(change(8, { companyName: 'eight' }));
  send(change(7, { companyName: 'seven' }));
  expect(text('h1')).toBe('eight');
  send(change(1, { companyName: 'restored' }, { cursor: `${later}:1`, version: 2 }));
  expect(text('h1')).toBe('restored');
});

it('counts show although the record has no new version, and the repeat of a change is left out', async () => {
  await connect();
  send(change(8, { companyName: 'eight' }));
  const told = heard.length;
  send(change(8, { companyName: 'again' }));
  expect([text('h1'), heard.length]).toEqual(['eight', told]);
  send(change(8, { companyName: 'counted' }, { cursor: `${epoch}:9`, counts: { views: 3 } }));
  expect([text('h1'), heard.length]).toEqual(['counted', told + 1]);
  send(change(7, { companyName: 'late' }, { cursor: `${epoch}:10`, version: 7, counts: { views: 4 } }));
  expect(text('h1')).toBe('counted');
});

it('records of a list are told one by one', async () => {
  await connect();
  send(
    change(8, {}, { resource: 'team', id: 'b', operation: 'created', version: 1, record: { id: 'b', name: 'Bob' } }),
  );
  send(change(9, {}, { resource: 'team', id: 'a', operation: 'deleted', version: 2, record: null }));
  expect(heard.slice(1).map((event) => event.type)).toEqual(['backoffice:team-created', 'backoffice:team-deleted']);
  expect(text('i')).toBe('');
});

it('a stream that dies is made again within three seconds, from the last cursor', async () => {
  await connect();
  send(change(8, {}));
  for (let tries = 1; tries <= 6; tries += 1) {
    currentStream().onerror?.();
    await vi.advanceTimersByTimeAsync(3000);
    expect(StandInEventSource.opened).toHaveLength(tries + 1);
  }
  expect(currentStream().url.searchParams.get('since')).toBe(`${epoch}:8`);
  expect(StandInEventSource.opened.filter((stream) => !stream.isClosed)).toHaveLength(1);
});

it('after a reset the page loads everything again', async () => {
  const fresh = {
    cursor: `${later}:2`,
    records: { settings: { ...snapshot.records.settings, version: 1, companyName: 'Fresh' }, team: [] },
  };
  const read = await connect(snapshot, fresh);
  send({ type: 'reset', cursor: `${later}:2`, scope: 'changes', reason: 'epoch' });
  await settled();
  expect(read).toHaveLength(2);
  expect(text('h1')).toBe('Fresh');
  expect(currentStream().url.searchParams.get('since')).toBe(`${later}:2`);
});

it('a change that is told without its fields makes the page load, and clears nothing', async () => {
  const fresh = {
    cursor: `${epoch}:8`,
    records: { settings: { ...snapshot.records.settings, version: 8, companyName: 'Fresh' }, team: [] },
  };
  const read = await connect(snapshot, fresh);
  send(change(8, {}, { record: null }));
  expect(text('h1')).toBe('TRU');
  expect(heard.at(-1)?.type).toBe('backoffice:settings-updated');
  await settled();
  expect([read.length, text('h1')]).toEqual([2, 'Fresh']);
  expect(currentStream().url.searchParams.get('since')).toBe(`${epoch}:8`);
});

it('a page that starts without a network shows what it has, and fills itself later', async () => {
  await connect('no network', snapshot);
  expect(text('h1')).toBe('Before');
  await vi.advanceTimersByTimeAsync(3000);
  expect(text('h1')).toBe('TRU');
});

it('a hidden tab lets its stream go and resumes when it is seen', async () => {
  await connect();
  const first = currentStream();
  Object.defineProperty(document, 'hidden', { value: true, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
  expect(first.isClosed).toBe(true);
  expect(heard.at(-1)).toMatchObject({ type: 'backoffice:sync', detail: { state: 'paused' } });
  Object.defineProperty(document, 'hidden', { value: false, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
  expect(currentStream().url.searchParams.get('since')).toBe(`${epoch}:7`);
  currentStream().onopen?.();
  expect(heard.at(-1)).toMatchObject({ detail: { state: 'live' } });
});

it('the script of a page starts by itself with the resources that its element names', async () => {
  const read = answerSnapshots(snapshot);
  const script = document.createElement('script');
  script.type = 'text/plain';
  script.src = import.meta.url.replace('tests/unit/site/connectSite.test.ts', 'backoffice/site/autostart.ts');
  script.dataset['resources'] = 'settings, news';
  document.head.append(script);
  await import('../../../backoffice/site/autostart.ts');
  dispatchEvent(new Event('load'));
  await settled();
  expect(read[0]).toMatch(/\/api\/sync\/snapshot\?resources=settings,news$/);
});
