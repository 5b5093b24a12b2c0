import { defineResource, SyncError, type ResourceOptions } from 'backoffice-sync';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { startSync, type Started } from '../../helpers/startSync.ts';

let at: Started | undefined;
afterEach(async () => {
  await at?.stop();
  at = undefined;
});

const schema = z.object({ title: z.string() });
const page = (autosave?: ResourceOptions['autosave']) =>
  defineResource({ name: 'pages', schema, ...(autosave === undefined ? {} : { autosave }) });

it('the panel is told after how long an open form saves by itself, and nothing where it does not', async () => {
  const resources = [page({ afterMs: 1200 }), defineResource({ name: 'notes', schema, autosave: false })];
  at = await startSync({ resources });
  const { resources: told } = (await (await at.send('GET', '/api/sync/configuration')).json()) as {
    resources: { name: string; autosave?: unknown }[];
  };
  const of = (name: string) => told.find((each) => each.name === name);
  expect(of('pages')).toMatchObject({ autosave: { afterMs: 1200 } });
  expect(of('notes')).not.toHaveProperty('autosave');
});

it.each([
  [{ afterMs: 799 }, 'OPTION_INVALID', 'from 800 to 3,000; 799 came'],
  [{ afterMs: 3001 }, 'OPTION_INVALID', '3001 came'],
  [{ afterMs: 1000.5 }, 'OPTION_INVALID', '1000.5 came'],
  [true, 'OPTION_INVALID', 'false or { afterMs }'],
  [{ afterMS: 1000 }, 'OPTION_UNKNOWN', 'Did you mean "afterMs"?'],
])('a wrong autosave is refused at start-up: %j', (autosave, code, words) => {
  let refused: unknown;
  try {
    page(autosave as { afterMs: number });
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(SyncError);
  expect(refused).toMatchObject({ code, message: expect.stringContaining(words) });
});
