import type { Pool } from 'pg';
import { expect, it, vi } from 'vitest';
import { boundDatabase, NoAnswer } from '../../backend/stores/postgres/boundDatabase.ts';

/** A pool whose answers come only while it is awake; a question in vain ends after its limit, as pg ends it. */
function silentPool() {
  const pool = { asked: 0, isAwake: false, options: {} };
  const query = async ({ query_timeout: limit }: { query_timeout: number }) => {
    pool.asked += 1;
    if (pool.isAwake) return { rows: [] };
    await new Promise((resolve) => setTimeout(resolve, limit));
    throw new Error('Query read timeout');
  };
  return Object.assign(pool, { query });
}

it('a database that was silent is not asked again until a probe is answered', async () => {
  const pool = silentPool();
  const database = boundDatabase(pool as unknown as Pool, 20);
  await expect(database.query('select 1')).rejects.toBeInstanceOf(NoAnswer);
  await expect(database.query('select 1')).rejects.toBeInstanceOf(NoAnswer);
  expect(pool.asked).toBe(1);
  pool.isAwake = true;
  await database.probe();
  await database.query('select 1');
  expect(pool.asked).toBe(3);
});

it('one that nobody probes is asked every time: else one answer in vain would close it for ever', async () => {
  const pool = silentPool();
  const patient = boundDatabase(pool as unknown as Pool, 20, { asksAlways: true });
  await expect(patient.query('select 1')).rejects.toBeInstanceOf(NoAnswer);
  pool.isAwake = true;
  expect((await patient.query('select 1')).rows).toEqual([]);
});

it('a limit that rings a moment before the clock says so is no other error', async () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(1_000).mockReturnValue(1_019.4);
  try {
    const database = boundDatabase(silentPool() as unknown as Pool, 20);
    await expect(database.query('select 1')).rejects.toBeInstanceOf(NoAnswer);
  } finally {
    clock.mockRestore();
  }
});
