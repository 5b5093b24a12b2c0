import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createPermissions } from '../../../backend/auth/permissions.ts';
import { createSealer } from '../../../backend/auth/sealer.ts';
import type { Core } from '../../../backend/core.ts';
import { createReach } from '../../../backend/readers/reach/createReach.ts';
import { createSaver } from '../../../backend/records/save.ts';
import type { ShownItem } from '../../../shared/protocol/reach.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { testResources } from '../../helpers/startSync.ts';

const savedAt = Date.UTC(2026, 0, 1);
const [settings] = testResources;

/** Two nodes on one store. The clock is the test's, and so is when a pause is over. */
async function startNodes() {
  let clock = savedAt;
  const now = () => clock;
  const store = memoryStore({ now });
  const saver = createSaver({ store, sealer: createSealer(randomBytes(32)) });
  const permissions = createPermissions({});
  const core = { store, saver, permissions, resources: new Map([['settings', settings]]) } as unknown as Core;
  const pauses: { readonly ms: number; readonly end: () => Promise<unknown> }[] = [];
  const closing = new AbortController();
  const errors: unknown[] = [];
  const node = () =>
    createReach({
      core,
      state: store.state,
      lateAfterMs: 10_000,
      visitorsOf: () => 0,
      endpointsOf: () => Promise.resolve([]),
      closing: closing.signal,
      onError: (error) => void errors.push(error),
      now,
      later: (run, ms) => void pauses.push({ ms, end: run }),
    });
  const save = async (companyName: string, intent: 'create' | 'update') =>
    saver.save({
      resource: settings as NonNullable<typeof settings>, id: 'main', intent, body: { kind: 'fields', fields: { companyName }, unset: [] },
      base: { kind: 'overrule' }, needsBase: false, actor: { id: '', name: 'server', kind: 'server' },
    }); // prettier-ignore
  await save('Old', 'create');
  await save('New', 'update');
  const [here, there] = [node(), node()];
  return {
    here,
    pauses,
    closing,
    errors,
    store,
    wait: (ms: number) => void (clock += ms),
    endPauses: async () => {
      for (const { ms, end } of pauses.splice(0)) {
        clock += ms;
        await end();
      }
    },
    seenThere: () => there.reachOf(settings as NonNullable<typeof settings>, 'main'),
  };
}
const shown = (version: number, kind: ShownItem['kind']): ShownItem => ({
  resource: 'settings',
  id: 'main',
  version,
  kind,
});

describe('what one node hears of a save', () => {
  it('reaches the others also when it was the last word, within the pause after another one', async () => {
    const { here, wait, endPauses, seenThere, pauses } = await startNodes();
    wait(8_000);
    await here.take([shown(2, 'shown'), shown(1, 'rendered')]);
    wait(3_000);
    await here.take([shown(1, 'rendered')]);
    expect(await seenThere()).toMatchObject({ state: 'shown', browsers: { reports: 1 } });
    expect(pauses).toHaveLength(1);
    await endPauses();
    // After the deadline a page came with the old text: that is late wherever it is asked.
    expect(await seenThere()).toMatchObject({ state: 'late', lateBecause: 'olderShown' });
  });

  it('is written once for a pause, with everything that was heard in it', async () => {
    const { here, endPauses, seenThere, pauses } = await startNodes();
    for (let at = 0; at < 5; at += 1) await here.take([shown(2, 'shown')]);
    expect(await seenThere()).toMatchObject({ browsers: { reports: 1 } });
    expect(pauses).toHaveLength(1);
    await endPauses();
    expect(await seenThere()).toMatchObject({ browsers: { reports: 5 } });
    expect(pauses).toHaveLength(0);
  });

  it('is not written any more when the server closes, and a store that is away is told of', async () => {
    const { here, endPauses, closing, errors, store } = await startNodes();
    const write = store.state.put;
    store.state.put = () => Promise.reject(new Error('the disk is full'));
    await here.take([shown(2, 'shown')]).catch(() => undefined);
    store.state.put = write;
    await here.take([shown(2, 'shown')]);
    await here.take([shown(2, 'shown')]);
    store.state.put = () => Promise.reject(new Error('the disk is full'));
    await endPauses();
    expect(errors).toMatchObject([{ message: 'the disk is full' }]);
    await here.take([shown(2, 'shown')]).catch(() => undefined);
    closing.abort();
    await endPauses();
    expect(errors).toHaveLength(1);
  });
});
