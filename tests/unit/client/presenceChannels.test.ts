import { expect, it } from 'vitest';
import { systemClock } from '../../../backoffice/client/clock.ts';
import { createPresenceChannels } from '../../../backoffice/client/connection/createPresence.ts';

it('who leaves while the connection is being made anew says so: he was announced by a request', () => {
  const said: unknown[] = [];
  const channels = createPresenceChannels({
    key: 'tab-1',
    clock: systemClock,
    say: () => false,
    post: (channel, state) => void said.push([channel, state]),
    follow: () => () => undefined,
  });
  channels.announce();
  const handle = channels.enter('presence:team:m1', { field: 'name' });
  channels.announceNew();
  channels.pause();
  handle.leave();
  expect(said).toEqual([
    ['presence:team:m1', { field: 'name' }],
    ['presence:team:m1', null],
  ]);
});
