import { afterEach, expect, it } from 'vitest';
import type { Notification, NotificationPage } from '../../../backend/messages/createNotifications.ts';
import { authenticateAs } from '../../helpers/authenticateAs.ts';
import { readEvents } from '../../helpers/readEvents.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { startReceiver } from '../webhooks/receiver.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
const as = (who: string) => ({ authorization: `As ${who}` });

/** An installation in which `ada` has added an endpoint, and its receiver wants no more calls. */
async function startOff(): Promise<{ office: Started; endpoint: string; server: string }> {
  const office = await startSync({ authenticate: authenticateAs, apiToken: undefined, webhooks: { allowPrivate: ['127.0.0.0/8'] } }); // prettier-ignore
  open.push(() => office.stop());
  const receiver = await startReceiver(410);
  open.push(() => receiver.close());
  const added = await office.send('POST', '/api/webhooks', { url: `${receiver.url}?token=hidden` }, as('ada:admin'));
  const { id } = (await added.json()) as { id: string };
  await office.sync.records('settings').update('main', { companyName: 'Told' });
  await waitUntil('the endpoint is off', async () => {
    const answer = await office.send('GET', `/api/webhooks/${id}`, undefined, as('ada:admin'));
    return ((await answer.json()) as { active: boolean }).active === false;
  });
  return { office, endpoint: id, server: new URL(receiver.url).origin };
}
const notificationsOf = async (office: Started, who: string): Promise<readonly Notification[]> => {
  const answer = await office.send('GET', '/api/notifications?unread=1', undefined, as(who));
  return ((await answer.json()) as NotificationPage).notifications;
};

it('everybody who may configure finds stored that an endpoint was switched off, also who never touched it and came after a restart', async () => {
  const { office, endpoint, server } = await startOff();
  await office.restart();
  const [told, ...more] = await notificationsOf(office, 'eve:admin');
  expect(more).toEqual([]);
  expect(told).toMatchObject({
    code: 'webhook.off',
    values: { endpoint, name: server, why: 'gone' },
    title: `Webhook switched off: ${server}`,
    type: 'error',
    readAt: null,
  });
  expect(JSON.stringify(told)).not.toContain('hidden');
  expect(await notificationsOf(office, 'ada:admin')).toMatchObject([{ id: told?.id, code: 'webhook.off' }]);
});

it('who may not configure is told nothing of webhooks', async () => {
  const { office } = await startOff();
  expect(await notificationsOf(office, 'vera:viewer')).toEqual([]);
  expect(await notificationsOf(office, 'ed:editor')).toEqual([]);
});

it('what was read stays read, however often it is asked, and the next time that it is switched off is told anew', async () => {
  const { office, endpoint } = await startOff();
  const [told] = await notificationsOf(office, 'eve:admin');
  await office.send('POST', `/api/notifications/${told?.id}/read`, undefined, as('eve:admin'));
  expect(await notificationsOf(office, 'eve:admin')).toEqual([]);
  await office.send('PATCH', `/api/webhooks/${endpoint}`, { description: 'The shop' }, as('ada:admin'));
  expect(await notificationsOf(office, 'eve:admin')).toEqual([]);
  const again = await startReceiver(410);
  open.push(() => again.close());
  await office.send('PATCH', `/api/webhooks/${endpoint}`, { active: true, url: again.url }, as('ada:admin'));
  await office.sync.records('settings').update('main', { companyName: 'Told again' });
  await waitUntil('it is told anew', async () => (await notificationsOf(office, 'eve:admin')).length === 1);
  expect(await notificationsOf(office, 'eve:admin')).toMatchObject([{ values: { name: 'The shop' } }]);
});

it('an endpoint that a person has paused, or that works again, is no notice', async () => {
  const { office, endpoint } = await startOff();
  await office.send('PATCH', `/api/webhooks/${endpoint}`, { active: true }, as('ada:admin'));
  expect(await notificationsOf(office, 'eve:admin')).toEqual([]);
  await office.send('PATCH', `/api/webhooks/${endpoint}`, { active: false }, as('ada:admin'));
  expect(await notificationsOf(office, 'eve:admin')).toEqual([]);
});

it('the message that is told at once names the stored one, so that a page shows it once', async () => {
  const office = await startSync({ authenticate: authenticateAs, apiToken: undefined, webhooks: { allowPrivate: ['127.0.0.0/8'] } }); // prettier-ignore
  open.push(() => office.stop());
  const receiver = await startReceiver(410);
  open.push(() => receiver.close());
  await office.send('POST', '/api/webhooks', { url: receiver.url }, as('ada:admin'));
  const stream = await readEvents(`${office.url}/api/sync/stream?resources=services&messages=1`, as('ada:admin'));
  open.push(() => stream.cut());
  await office.sync.records('settings').update('main', { companyName: 'Told' });
  const [event] = await stream.take(1);
  const [stored] = await notificationsOf(office, 'ada:admin');
  expect(JSON.stringify(event)).toContain(`"id":"${stored?.id}"`);
  expect(JSON.stringify(event)).toContain('"code":"webhook.off"');
});
