import { expect, it } from 'vitest';
import { createSendCounter } from '../../../backend/messages/sendCounter.ts';
import { sendsPerMinute } from '../../../backend/messages/sendLimit.ts';

it('lets each user say so many messages a minute over sockets, and then says how long to wait', () => {
  let time = 1_000_000;
  const count = createSendCounter({ now: () => time });
  for (let sent = 0; sent < sendsPerMinute; sent += 1) count('ada');
  time += 20_000;
  expect(() => count('ada')).toThrow('Wait 40 seconds');
  expect(() => count('ben')).not.toThrow();
  time += 40_000;
  expect(() => count('ada')).not.toThrow();
});
