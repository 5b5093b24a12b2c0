import { expect, it } from 'vitest';
import { toDeliveryBody } from '../../../backend/readers/webhooks/deliveryBody.ts';

it('of a long body at most 16,384 bytes are kept, and no half of a character', () => {
  for (const shift of ['', 'a', 'ab', 'abc']) {
    const { bytes, kept } = toDeliveryBody({ text: shift + '€é😀'.repeat(3_000) });
    expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(16_384);
    expect(Buffer.byteLength(kept)).toBeGreaterThan(16_380);
    expect(bytes.toString('utf8').startsWith(kept)).toBe(true);
  }
});
