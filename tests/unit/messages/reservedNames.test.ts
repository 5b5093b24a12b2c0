import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineResource } from '../../../backend/records/defineResource.ts';

it('no resource takes a name under which the product has addresses of its own', () => {
  const schema = z.object({ title: z.string() });
  for (const name of ['sync', 'auth', 'webhooks', 'users', 'accounts', 'notifications', 'tokens', 'sessions', 'ws'])
    expect(() => defineResource({ name, schema })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  expect(defineResource({ name: 'messages', schema }).name).toBe('messages');
});
