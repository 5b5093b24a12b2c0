import { expect, it } from 'vitest';
import { createSaves } from '../../../backoffice/panel/data/createSaves.ts';

const load = () => import('../../../backoffice/panel/data/saving.ts');

it('every component that waits for the queue waits for one promise: with another each time it would wait for ever', async () => {
  const saves = createSaves(load, { backendUrl: 'http://127.0.0.1:9' });
  const opened = saves.open();
  expect(saves.open()).toBe(opened);
  const service = await opened;
  expect(await saves.open()).toBe(service);
  service.close();
});

it('code that could not be fetched is asked for again', async () => {
  let asked = 0;
  const fail = async () => {
    asked += 1;
    if (asked === 1) throw new Error('The server is away.');
    return load();
  };
  const saves = createSaves(fail, { backendUrl: 'http://127.0.0.1:9' });
  await expect(saves.open()).rejects.toThrow('away');
  (await saves.open()).close();
  expect(asked).toBe(2);
});
