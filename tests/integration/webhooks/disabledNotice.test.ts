import { afterEach, expect, it } from 'vitest';
import { authenticateAs } from '../../helpers/authenticateAs.ts';
import { readEvents } from '../../helpers/readEvents.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { startReceiver } from './receiver.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
const as = (who: string) => ({ authorization: `As ${who}` });

async function start(): Promise<Started> {
  const office = await startSync({ authenticate: authenticateAs, apiToken: undefined, webhooks: { allowPrivate: ['127.0.0.0/8'] } }); // prettier-ignore
  open.push(() => office.stop());
  return office;
}

it('who added an endpoint is told that it was switched off, also when his account is elsewhere', async () => {
  const office = await start();
  const receiver = await startReceiver(410);
  open.push(() => receiver.close());
  await office.send('POST', '/api/webhooks', { url: receiver.url }, as('ada:admin'));
  const stream = await readEvents(`${office.url}/api/sync/stream?resources=settings&messages=1`, as('ada:admin'));
  open.push(() => stream.cut());
  const { headers } = await office.send('GET', '/api/team/m1', undefined, as('ada:admin'));
  await office.send(
    'PATCH',
    '/api/team/m1',
    { name: 'New' },
    { ...as('ada:admin'), 'if-match': headers.get('etag') ?? '' },
  );
  const [told] = await stream.take(1);
  expect(JSON.stringify(told)).toContain('Webhook switched off');
});
