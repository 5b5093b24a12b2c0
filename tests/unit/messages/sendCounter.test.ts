import { MemoryStore, type Options } from 'express-rate-limit';
import { afterEach, expect, it, vi } from 'vitest';
import { createSendCounter } from '../../../backend/messages/sendCounter.ts';
import { sendsPerMinute, sendWindowMs } from '../../../backend/messages/sendLimit.ts';

afterEach(() => void vi.useRealTimers());

it('lets each user say so many messages a minute over sockets, and then says how long to wait', async () => {
  vi.useFakeTimers();
  const counts = new MemoryStore();
  counts.init({ windowMs: sendWindowMs } as Options);
  const count = createSendCounter(counts);
  for (let sent = 0; sent < sendsPerMinute; sent += 1) await count('ada');
  vi.advanceTimersByTime(20_000);
  await expect(count('ada')).rejects.toThrow('Wait 40 seconds');
  await expect(count('ben')).resolves.toBeUndefined();
  vi.advanceTimersByTime(40_000);
  await expect(count('ada')).resolves.toBeUndefined();
  counts.shutdown();
});
