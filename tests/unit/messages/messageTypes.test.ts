import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMessageTypes } from '../../../backend/messages/messageTypes.ts';

const codeOf = async (run: () => unknown): Promise<string> => {
  try {
    await run();
    return 'none';
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code}: ${message}`;
  }
};
const order = z.object({ id: z.string(), amount: z.coerce.number().default(1), at: z.date().optional() });
const types = createMessageTypes({ 'order.created': order, typing: true });

describe('the types of message of an installation', () => {
  it('built-in and declared ones may be sent; anything else names them and the nearest', async () => {
    expect(types.allowed).toEqual([
      'data.updated',
      'document_updated',
      'notification',
      'order.created',
      'test',
      'typing',
    ]);
    expect(types.allowed.map((type) => types.read(type))).toEqual(types.allowed);
    expect(await codeOf(() => types.read('order.create'))).toMatch(
      /^MESSAGE_TYPE_UNKNOWN: .*Did you mean "order.created"\?/,
    );
    for (const type of [undefined, null, 7, '', 'sync.force', 'toString', ['test']])
      expect(await codeOf(() => types.read(type))).toMatch(/^MESSAGE_TYPE_UNKNOWN/);
  });

  it('a payload becomes what its schema makes of it, as JSON', async () => {
    const at = new Date('2024-01-02T03:04:05Z');
    expect(await types.check('order.created', { id: 'o1', amount: '3', at })).toEqual({ id: 'o1', amount: 3, at: at.toISOString() }); // prettier-ignore
    expect(await types.check('typing', { any: ['thing'] })).toEqual({ any: ['thing'] });
    expect(await types.check('test', undefined)).toBe(null);
    expect(await types.check('toString', { own: 1 })).toEqual({ own: 1 });
  });

  it('a payload that its schema refuses says where', async () => {
    const refused = types.check('order.created', { amount: 'x' });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID', extensions: { errors: [{ path: '/payload/id' }, { path: '/payload/amount' }] } }); // prettier-ignore
  });

  it('16,384 bytes of payload pass and one more does not, also when a schema adds it', async () => {
    expect(await codeOf(() => types.check('test', 'é'.repeat(8_191)))).toBe('none');
    expect(await codeOf(() => types.check('test', `${'é'.repeat(8_191)}x`))).toMatch(/^BODY_TOO_LARGE/);
    expect(await codeOf(() => types.check('order.created', { id: 'x'.repeat(16_370) }))).toMatch(/^BODY_TOO_LARGE/);
    expect(await codeOf(() => types.check('typing', { id: 'x'.repeat(16_370) }))).toBe('none');
  });

  it('a name of the product\u2019s own, one that is no name, and no schema stop the start', async () => {
    for (const declared of [{ 'sync.force': true }, { 'a b': true }, { '': true }, { ok: false }, { ok: {} }])
      expect(await codeOf(() => createMessageTypes(declared as never))).toMatch(
        /^OPTION_INVALID: createSync: "messages/,
      );
  });
});
