import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheHeaders, CacheTTL, createCachePolicy } from 'backoffice-sync';
import { startSync, type Started } from '../../helpers/startSync.ts';

let started: Started;
let server: Server;
let url: string;
beforeAll(async () => {
  started = await startSync();
  const app = express();
  app.use('/live', cacheHeaders(started.sync));
  const policy = createCachePolicy({
    live: started.sync,
    endpoints: { '/api': CacheTTL.SHORT, '/api/reports': CacheTTL.LONG },
    public: ['/api/reports', '/api/news-of-all'],
  });
  app.use('/api', cacheHeaders(policy));
  app.use('/by-configuration', cacheHeaders({ live: [], otherwise: 7 }));
  app.get('/*rest', (request, response) => {
    if (request.query['status'] !== undefined) response.status(Number(request.query['status']));
    if (request.query['cookie'] !== undefined) response.cookie('a', 'b');
    if (request.query['own'] !== undefined) response.set('Cache-Control', 'max-age=1');
    if (request.query['head'] !== undefined) response.writeHead(500, { 'x-own': '1' }).end('late');
    else response.json({ path: request.path });
  });
  app.post('/*rest', (_request, response) => void response.json({}));
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await started.stop();
});
const said = async (path: string, init?: RequestInit): Promise<readonly (string | null)[]> => {
  const { headers } = await fetch(`${url}${path}`, init);
  return [headers.get('cache-control'), headers.get('vary')];
};
const perUser = 'Cookie, Authorization';

describe('the headers for caches of routes beside the product', () => {
  it.each([
    ['/live/team/1', 'private, no-cache', perUser],
    ['/live/anything', 'private, no-cache', perUser],
    ['/api/team', 'private, no-cache', perUser],
    ['/api/invoices', 'private, max-age=60', perUser],
    ['/api/reports/2026', 'public, max-age=900', null],
    ['/api/reports/team', 'public, no-cache', null],
    ['/api/news-of-all', 'public, max-age=60', null],
    ['/by-configuration/a', 'private, max-age=7', perUser],
    ['/elsewhere', null, null],
  ])('of %s are %s', async (path, cacheControl, vary) => {
    expect(await said(path)).toEqual([cacheControl, vary]);
  });

  it.each(['/api/reports?status=404', '/api/reports?status=500', '/api/reports?head', '/live/team?status=403'])(
    'an error is kept by nobody: %s',
    async (path) => {
      expect((await said(path))[0]).toBe('no-store');
    },
  );

  it('an answer that sets a cookie is not for all', async () => {
    expect((await said('/api/reports?cookie'))[0]).toBe('private, max-age=900');
  });

  it('a handler that says it itself has the last word', async () => {
    expect([(await said('/api/reports?own'))[0], (await said('/api/reports?own&status=500'))[0]]).toEqual(
      ['max-age=1', 'max-age=1'], // prettier-ignore
    );
  });

  it('what changes something is left alone, and HEAD is like GET', async () => {
    expect(await said('/api/reports', { method: 'POST' })).toEqual([null, null]);
    expect((await said('/api/reports', { method: 'HEAD' }))[0]).toBe('public, max-age=900');
  });

  it('an answer that is still the same is 304, with the same words', async () => {
    const etag = (await fetch(`${url}/live/team`)).headers.get('etag') ?? '';
    // Not by fetch, which asks every cache on the way for a new answer as soon as it is given this header.
    const again = await new Promise<IncomingMessage>((resolve) =>
      get(`${url}/live/team`, { headers: { 'if-none-match': etag } }, resolve),
    );
    again.resume();
    expect([again.statusCode, again.headers['cache-control']]).toEqual([304, 'private, no-cache']);
  });
});
