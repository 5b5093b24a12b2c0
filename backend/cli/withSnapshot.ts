import { openPool, type CommandTarget } from './commandTarget.ts';
import { databaseSnapshot } from './databaseSnapshot.ts';
import { folderSnapshot } from './folderSnapshot.ts';
import type { Snapshot } from './snapshot.ts';

/** Runs with everything that a folder or database holds at one moment, and lets go of it afterwards. */
export async function withSnapshot<Result>(
  target: CommandTarget,
  run: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  if (target.kind === 'folder') return run(await folderSnapshot(target.folder));
  const pool = openPool(target.url);
  try {
    const snapshot = await databaseSnapshot(pool, target.schema);
    try {
      return await run(snapshot);
    } finally {
      await snapshot.close();
    }
  } finally {
    await pool.end();
  }
}
