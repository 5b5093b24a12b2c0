import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reportFigures } from '../torture/reportFigures.ts';
import { createLowdbFolder, type LowdbFolder } from './lowdbFolder.ts';

/** How often a process is killed; `FOLDER_KILLS=500` for the long form. */
const kills = Number(process.env['FOLDER_KILLS'] ?? 20);
const savesPerRun = 50;

let folder: LowdbFolder;
beforeEach(async () => {
  folder = await createLowdbFolder();
});
afterEach(() => folder.remove());

/** Lets a process save, kills it in the middle of more, and returns what it had been told is stored. */
async function saveUntilKilled(name: string): Promise<Map<string, number>> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('./commitForever.ts', import.meta.url)), folder.path, name],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exited = once(child, 'exit');
  const acknowledged = new Map<string, number>();
  for await (const line of createInterface({ input: child.stdout })) {
    const [id = '', n] = line.split(' ');
    acknowledged.set(id, Number(n));
    if (acknowledged.size === savesPerRun) child.kill('SIGKILL');
  }
  await exited;
  return acknowledged;
}

it(
  `${kills} kills in the middle of saving lose no acknowledged save`,
  async () => {
    const acknowledged = new Map<string, number>();
    for (let run = 0; run < kills; run += 1) {
      for (const [id, n] of await saveUntilKilled(`run${run}`)) acknowledged.set(id, n);
      // Most runs start on what the last one left; some on what a start in order made of it.
      if (run % 5 !== 4) continue;
      const store = await folder.open();
      const stored = new Map((await store.list('team')).map(({ id, record }) => [id, record?.['n']]));
      expect([...acknowledged].filter(([id, n]) => stored.get(id) !== n)).toEqual([]);
      const { entries } = await store.log.read(0, 1_000_000);
      expect(entries.length).toBe(stored.size);
      expect(entries.every(({ seq }, n) => n === 0 || seq > (entries[n - 1]?.seq ?? 0))).toBe(true);
      await store.close();
    }
    reportFigures({ falls: { kills }, acknowledged: acknowledged.size, faults: [], gaps: [] });
    expect(acknowledged.size).toBeGreaterThanOrEqual(kills * savesPerRun);
    expect(folder.warnings.filter((warning) => !warning.includes('never acknowledged'))).toEqual([]);
  },
  60_000 + kills * 6_000,
);
