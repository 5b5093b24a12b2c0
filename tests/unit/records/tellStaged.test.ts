import { randomBytes } from 'node:crypto';
import { defineResource } from 'backoffice-sync';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createSealer } from '../../../backend/auth/sealer.ts';
import { createSaver } from '../../../backend/records/save.ts';
import { tellStaged } from '../../../backend/records/tellStaged.ts';
import type { StagedChange, StagedOutcome } from '../../../backend/stores/staging.ts';
import type { Store } from '../../../backend/stores/store.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { memoryStore } from '../../contract/memoryStore.ts';

const never = new Promise<never>(() => undefined);
const team = defineResource({
  name: 'team',
  schema: z.looseObject({}),
  captured: true,
  fromRow: (row: JsonObject) => (row['name'] === 'slow' ? never : row),
});

function rowOf(id: string, name: string): StagedChange {
  const actor = { id: 'a', name: 'a', kind: 'database' } as const;
  return { change: id, resource: 'team', id, record: { name }, isRow: true, actor, mutationId: null, notify: true, fault: null }; // prettier-ignore
}

/** A teller beside a staging table whose turns a test decides. */
async function openTeller(takes: ((tell: (change: StagedChange) => Promise<StagedOutcome>) => Promise<boolean>)[]) {
  const said: string[] = [];
  const closing = new AbortController();
  let look = (): void => undefined;
  const memory = memoryStore();
  const store: Store = {
    ...memory,
    staging: {
      stage: async () => undefined,
      take: async (_names, tell) => (await takes.shift()?.(tell)) ?? false,
      onStaged(listener) {
        look = listener;
        return () => undefined;
      },
    },
  };
  await store.open();
  const teller = tellStaged({
    store,
    saver: createSaver({ store, sealer: createSealer(randomBytes(32)) }),
    resources: new Map([['team', team]]),
    closing: closing.signal,
    onError: (error) => said.push(String(error)),
    fromRowMs: 20,
  });
  return { teller, store, said, closing, look: () => look() };
}

it('a fromRow that never comes to an end is given up, holds back no other change, and no stop of the server', async () => {
  const outcomes: StagedOutcome[] = [];
  const { teller, store, said, closing } = await openTeller([
    async (tell) => {
      for (const row of [rowOf('1', 'slow'), rowOf('2', 'Ben')]) outcomes.push(await tell(row));
      return false;
    },
  ]);
  await waitUntil('both were tried', () => outcomes.length === 2);
  const problem = 'A change of team 1 was committed and cannot be told: Error: fromRow took longer than 20 ms.';
  expect(outcomes).toEqual([{ status: 'refused', problem }, { status: 'told' }]);
  expect(said).toEqual([`Error: ${problem}`]);
  expect((await store.load('team', '2'))?.record).toMatchObject({ name: 'Ben' });
  closing.abort();
  await teller.idle();
});

it('a turn that fails is said once, and again after one that went well', async () => {
  const fails = () => Promise.reject(new Error('no answer'));
  const { teller, said, look } = await openTeller([fails, fails, async () => false, fails]);
  for (let turn = 0; turn < 4; turn += 1) {
    await teller.idle();
    look();
  }
  await teller.idle();
  expect(said).toEqual(Array(2).fill('Error: Changes of other transactions wait: Error: no answer'));
});
