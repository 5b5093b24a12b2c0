import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SyncError } from '../../shared/problem.ts';
import { backupHeader, backupLines } from './backupFormat.ts';
import { targetOptions, type Command } from './command.ts';
import { commandTarget, describeTarget, textOption } from './commandTarget.ts';
import { withSnapshot } from './withSnapshot.ts';
import { writeLines } from './writeLines.ts';

/** `backup`: everything at one moment, in one file with a checksum. */
export const backupCommand: Command = {
  name: 'backup',
  about: 'Copies everything at one moment into one file, also while the server runs.',
  options: [
    {
      name: 'out',
      value: 'PATH',
      about: 'the file, or a folder in which it gets a name; an existing file is not replaced',
    },
    ...targetOptions,
  ],
  required: ['out'],
  details: [
    'In it: records and deleted records, the log, keys of saves, state (sessions, positions of readers), the log of deliveries.',
    'Secrets stay sealed. Not in it: the key that opens them (SECRET_KEY, or the file "key" in the data folder) - keep it elsewhere.',
    'Of a data folder that a server uses it has every save that was durable when it began; PostgreSQL is read in one repeatable-read transaction.',
  ],
  async run(call) {
    const target = commandTarget(call);
    return withSnapshot(target, async (snapshot) => {
      for (const note of snapshot.notes) call.tell(note);
      const path = await findFreePath(textOption(call.options, 'out') ?? '', snapshot.head);
      const { lines, sha256 } = await writeLines(path, backupHeader(snapshot), backupLines(snapshot));
      call.say(
        `Copied ${describeTarget(target)} up to entry ${snapshot.head} to ${path}: ${lines} lines, sha256 ${sha256}.`,
      );
      call.say(
        'The key that opens the secrets is not in it: keep SECRET_KEY, or the file "key" of the data folder, elsewhere.',
      );
      return 0;
    });
  },
};

async function findFreePath(out: string, head: number): Promise<string> {
  const isFolder = await stat(out).then(
    (found) => found.isDirectory(),
    () => null,
  );
  if (isFolder === null) return out;
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const path = isFolder ? join(out, `backoffice-sync-${stamp}-${head}.jsonl`) : out;
  const isTaken = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isTaken) return path;
  throw new SyncError('FILE_INVALID', `${path} exists already and is not replaced. Choose another name.`);
}
