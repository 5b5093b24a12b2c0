import { expect, it } from 'vitest';
import { isNewerDelivery } from 'backoffice-sync/webhooks';

const [older, younger] = ['01890000-0000-7000-8000-000000000000', '01990000-0000-7000-8000-000000000000'];
const seen = { cursor: `${older}:40`, version: 7 };

it('the first delivery of a record is applied', () => {
  expect(isNewerDelivery(null, seen)).toBe(true);
});

it('only a higher version is applied', () => {
  expect(isNewerDelivery(seen, { cursor: `${older}:41`, version: 8 })).toBe(true);
  expect(isNewerDelivery(seen, { cursor: `${older}:41`, version: 7 })).toBe(false);
  expect(isNewerDelivery(seen, { cursor: `${older}:39`, version: 6 })).toBe(false);
});

it('after a backup was restored a lower version is newer, and the old log is over', () => {
  expect(isNewerDelivery(seen, { cursor: `${younger}:1`, version: 2 })).toBe(true);
  expect(isNewerDelivery({ cursor: `${younger}:1`, version: 2 }, { cursor: `${older}:99`, version: 99 })).toBe(false);
});

it('what is no delivery of a record is not applied', () => {
  for (const data of [
    null,
    {},
    { cursor: 'x', version: 1 },
    { cursor: `${older}:1` },
    { cursor: `${older}:1`, version: '8' },
  ]) {
    expect(isNewerDelivery(null, data as typeof seen)).toBe(false);
  }
});
