import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServiceCache } from 'backoffice-sync';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiToken, startSync, type Started } from '../../helpers/startSync.ts';

const bearer = { Authorization: `Bearer ${apiToken}` };

describe('the figures of an installation', () => {
  let at: Started;
  let server: Server;
  let url: string;
  const cache = createServiceCache();

  beforeEach(async () => {
    at = await startSync({ cache });
    server = createServer(
      express().use('/metrics', (request, response, next) => at.sync.metrics()(request, response, next)),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  });
  afterEach(async () => {
    server.close();
    await at.stop();
  });

  const figures = async () => (await fetch(url, { headers: bearer })).text();
  const figure = async (line: string) => {
    const found = (await figures()).split('\n').find((one) => one.startsWith(`${line} `));
    return found === undefined ? null : Number(found.slice(line.length + 1));
  };

  it('count every save by resource and outcome, refusals by their code, and how long each took', async () => {
    await at.send('PATCH', '/api/settings', { phone: '2' });
    await at.send('PATCH', '/api/settings', { phone: '2' });
    await at.send('PATCH', '/api/settings', { companyName: '' });
    await at.send('PATCH', '/api/team', [{ id: 'm1', role: 'CEO' }]);
    const of = (resource: string, outcome: string) =>
      figure(`backoffice_sync_saves_total{resource="${resource}",outcome="${outcome}"}`);
    expect(await of('settings', 'saved')).toBe(1);
    expect(await of('settings', 'unchanged')).toBe(1);
    expect(await of('settings', 'INVALID')).toBe(1);
    expect(await of('team', 'saved')).toBe(1);
    expect(await figure('backoffice_sync_save_duration_seconds_count')).toBe(4);
    expect(await figure('backoffice_sync_blind_saves_total')).toBe(2);
  });

  it('say who is connected and how far the log is', async () => {
    const before = await figure('backoffice_sync_log_head');
    const leaving = new AbortController();
    const stream = await fetch(`${at.url}/api/sync/stream`, { headers: bearer, signal: leaving.signal });
    expect(await figure('backoffice_sync_connections{transport="sse"}')).toBe(1);
    expect(await figure('backoffice_sync_connection_clients')).toBe(1);
    await at.send('PATCH', '/api/settings', { phone: '3' });
    expect(await figure('backoffice_sync_log_head')).toBe((before ?? 0) + 1);
    expect(await figure('backoffice_sync_ready')).toBe(1);
    leaving.abort();
    await stream.body?.cancel().catch(() => undefined);
  });

  it('tell the hits of the cache as they are, however often they are asked for', async () => {
    await cache.get('settings', async () => 1, 60_000);
    await cache.get('settings', async () => 1, 60_000);
    await figures();
    const { hits } = cache.stats();
    expect(hits).toBeGreaterThan(0);
    expect(await figure('backoffice_sync_cache_reads_total{result="hits"}')).toBe(hits);
  });

  it('have those of the process, once', async () => {
    await figures();
    const text = await figures();
    expect(text.match(/^process_resident_memory_bytes /gm)).toHaveLength(1);
  });

  it('are for who may configure, and say to others how to ask', async () => {
    const visitor = await fetch(url);
    expect([visitor.status, visitor.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
    expect(await visitor.json()).toMatchObject({ code: 'LOGIN_REQUIRED' });
    const answer = await fetch(url, { headers: bearer });
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('are all on the board for Grafana, which asks for nothing else', async () => {
    const board = await readFile(new URL('../../../docs/monitoring/grafana-board.json', import.meta.url), 'utf8');
    const { panels } = JSON.parse(board) as { panels: readonly { targets: readonly { expr: string }[] }[] };
    const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n');
    await at.send('PATCH', '/api/settings', { phone: '2' });
    const told = [...(await figures()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name ?? '');
    const asked = new Set(expressions.match(/\b(backoffice_sync|process|nodejs)_\w+/g));
    const unknown = [...asked].filter((name) => !told.includes(name.replace(/_bucket$/, '')));
    expect(unknown).toEqual([]);
    expect(told.filter((name) => name.startsWith('backoffice_sync_') && !expressions.includes(name))).toEqual([]);
  });

  it('are those that docs/monitoring.md names', async () => {
    await at.send('PATCH', '/api/settings', { phone: '2' });
    const documented = await readFile(new URL('../../../docs/monitoring.md', import.meta.url), 'utf8');
    const named = [...documented.matchAll(/^\| `(backoffice_sync_\w+)/gm)].map(([, name]) => name);
    const told = [...(await figures()).matchAll(/^# TYPE (backoffice_sync_\w+)/gm)].map(([, name]) => name);
    expect([...named].sort()).toEqual([...told].sort());
  });
});
