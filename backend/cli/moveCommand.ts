import { examples } from '../server/example.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Command } from './command.ts';
import { commandSettings, describeTarget, openPool, textOption, type CommandTarget } from './commandTarget.ts';
import { folderSnapshot } from './folderSnapshot.ts';
import { markMoved, refuseMoved } from '../stores/lowdb/folderEpoch.ts';
import { moveToDatabase } from './moveToDatabase.ts';
import { takeFolder } from '../stores/lowdb/folderOwner.ts';

/** `move`: from the embedded store to PostgreSQL, as the same log. */
export const moveCommand: Command = {
  name: 'move',
  about: 'Moves a data folder into PostgreSQL, with history, epoch and cursors kept.',
  options: [
    { name: 'from', value: 'FOLDER', about: 'the data folder; no server may use it' },
    { name: 'to', value: 'URL', about: 'the PostgreSQL database' },
    { name: 'schema', value: 'NAME', about: 'the schema, which may not exist yet; without it the one of EXAMPLE' },
  ],
  required: ['from', 'to'],
  details: [
    'Moved: records, log, keys of saves, state (sessions, positions of readers), the log of deliveries. Streams and endpoints go on',
    'where they were. Not moved: the key: start with SECRET_KEY set to the content of the file "key".',
    'It fills the schema NAME_moving and renames it at the end, so that no server ever sees half of it. After an interruption',
    'run it again: it goes on where it was. The folder is then marked, and no server starts on it by accident.',
  ],
  async run(call) {
    const folder = textOption(call.options, 'from') ?? '';
    const url = textOption(call.options, 'to') ?? '';
    const { example } = commandSettings({ options: {}, environment: call.environment });
    const schema = textOption(call.options, 'schema') ?? examples[example].schema;
    if (!/^[a-z_][a-z0-9_]{0,40}$/.test(schema))
      throw new SyncError('OPTION_INVALID', `--schema has to be a lower-case name of letters, digits and _; "${schema}" came.`); // prettier-ignore
    const target: CommandTarget = { kind: 'database', url, schema };
    await refuseMoved(folder);
    // Before the folder is taken: it would be made where there is none.
    await folderSnapshot(folder);
    let lost: string | null = null;
    const owner = await takeFolder(folder, (detail) => (lost = detail));
    const pool = openPool(url);
    try {
      // Once more, as its owner: a server may have saved in between.
      const snapshot = await folderSnapshot(folder);
      const moved = await moveToDatabase({ pool, schema, snapshot, tell: call.tell });
      if (lost !== null) throw new SyncError('FOLDER_UNUSABLE', `${String(lost)} The schema ${schema} holds what was moved; remove it and run the command again.`); // prettier-ignore
      await markMoved(folder, describeTarget(target));
      call.say(
        `Moved ${moved.records} records and ${moved.entries} entries from ${folder} to ${describeTarget(target)}.`,
      );
      call.say(
        `The epoch is still ${snapshot.epoch}: every cursor goes on. Start with DATABASE_URL, and SECRET_KEY as in ${folder}/key.`,
      );
      return 0;
    } finally {
      await pool.end();
      await owner.release();
    }
  },
};
