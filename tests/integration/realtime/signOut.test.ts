import { afterEach, expect, it } from 'vitest';
import { openSocket } from '../../helpers/openSocket.ts';
import { readEvents } from '../../helpers/readEvents.ts';
import { adminPassword, startSync, type Started } from '../../helpers/startSync.ts';

const ended = { type: 'error', problem: { code: 'LOGIN_REQUIRED', retryAfterSeconds: 1 } };

let at: Started;
afterEach(() => at.stop());

/** Signs in as admin, and gives the headers of that browser. */
async function signIn(): Promise<{ readonly cookie: string; readonly origin: string }> {
  const answer = await fetch(`${at.url}/api/auth/login`, {
    method: 'POST',
    headers: { origin: at.url, 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: adminPassword }),
  });
  return { cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '', origin: at.url };
}
const signOut = async (headers: Record<string, string>): Promise<number> =>
  (await fetch(`${at.url}/api/auth/logout`, { method: 'POST', headers })).status;

it('who signs out ends at once what that browser has open, and no other browser of the same user', { timeout: 10_000 }, async () => {
  at = await startSync();
  const [here, there] = [await signIn(), await signIn()];
  const stream = await readEvents(`${at.url}/api/sync/stream?resources=mail`, here);
  const socket = await openSocket(`${at.url}/api/sync/ws?resources=mail`, here);
  await socket.next('subscribed');
  const notifications = await openSocket(`${at.url}/api/ws/notifications`, here);
  const elsewhere = await openSocket(`${at.url}/api/sync/ws?resources=mail`, there);
  await elsewhere.next('subscribed');
  expect(await signOut(here)).toBe(204);
  expect((await stream.take(1))[0]?.event).toMatchObject(ended);
  await expect(stream.take(1)).rejects.toThrow('The stream ended.');
  for (const one of [socket, notifications]) {
    expect(await one.next('error')).toMatchObject(ended);
    expect(await one.closed).toBe(4401);
  }
  await at.sync.emitUpdated('mail', 'main', { host: 'new' });
  expect(await elsewhere.next('change')).toMatchObject({ change: { record: { host: 'new' } } });
  // The session that is over opens nothing any more, and the next one everything.
  expect((await fetch(`${at.url}/api/sync/stream?resources=mail`, { headers: here })).status).toBe(401);
  const back = await openSocket(`${at.url}/api/sync/ws?resources=mail`, await signIn());
  await back.next('subscribed');
  for (const one of [elsewhere, back]) one.cut();
}); // prettier-ignore

it('a visitor who signs out is answered, and nobody else hears of it', async () => {
  at = await startSync();
  const socket = await openSocket(`${at.url}/api/sync/ws?resources=mail`, await signIn());
  await socket.next('subscribed');
  expect(await signOut({ origin: at.url })).toBe(204);
  await at.sync.emitUpdated('mail', 'main', { host: 'new' });
  expect(await socket.next('change', 'error')).toMatchObject({ type: 'change' });
  socket.cut();
});
