import { SyncError } from '../../shared/problem.ts';
import { backupFormat, type BackupHeader } from './backupFormat.ts';
import { targetOptions, type Command } from './command.ts';
import { commandTarget, describeTarget } from './commandTarget.ts';
import { checkLines } from './readLines.ts';
import { restoreDatabase } from './restoreDatabase.ts';
import { restoreFolder } from './restoreFolder.ts';

/** `restore`: a backup becomes an installation again. */
export const restoreCommand: Command = {
  name: 'restore',
  about: 'Puts a backup into an empty data folder or an empty database schema.',
  positional: { value: 'FILE', about: 'what backup wrote' },
  options: targetOptions,
  details: [
    'Name the target with --data-dir or --database-url; the settings are not asked. Either store takes a backup of either.',
    'A folder may hold the file "key" and nothing else: put the key there first, or start with SECRET_KEY, or sealed secrets stay closed.',
    'The restored copy is a new log: it has a new epoch, and the version of every record is lifted to the next multiple of 1,000,000.',
    'Clients and sites that knew the old one load everything once more, and nothing of it can be taken for older.',
  ],
  async run(call) {
    const file = call.positional ?? '';
    // Never into what the environment names: that is the installation which runs.
    if (call.options['data-dir'] === undefined && call.options['database-url'] === undefined) {
      call.tell('Say where to: --data-dir FOLDER or --database-url URL.');
      return 2;
    }
    const target = commandTarget(call);
    const header = (await checkLines(file, backupFormat)) as unknown as BackupHeader;
    if (typeof header.epoch !== 'string' || !Number.isSafeInteger(header.head))
      throw new SyncError('FILE_INVALID', `${file}, line 1: epoch and head are missing. Nothing was changed.`);
    const from = { file, header, tell: call.tell };
    const restored =
      target.kind === 'folder' ? await restoreFolder(target.folder, from) : await restoreDatabase(target, from);
    call.say(
      `Restored ${restored.records} records, ${restored.entries} entries and ${restored.deliveries} deliveries into ${describeTarget(target)}.`,
    );
    call.say(`Its epoch is ${restored.epoch}; it was ${header.epoch}.`);
    return 0;
  },
};
