import { readFile } from 'node:fs/promises';
import type { JsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { createIdentities } from '../inbound/createIdentities.ts';
import { defineUsers } from '../inbound/defineUsers.ts';
import { reconcileUsers } from '../inbound/reconcileUsers.ts';
import { targetOptions, type Command } from './command.ts';
import { commandTarget, describeTarget } from './commandTarget.ts';
import { loadResources, resourcesOption } from './loadResources.ts';
import { openSaver } from './openSaver.ts';

/** `reconcile`: the users of Clerk become what a full export says. */
export const reconcileCommand: Command = {
  name: 'reconcile',
  about: 'Compares the users of Clerk with a full export of it, and saves what differs.',
  positional: { value: 'FILE', about: 'a JSON list of users as the API of Clerk gives them, all pages together' },
  options: [
    { name: 'dry-run', about: 'say what differs, and save nothing' },
    { name: 'remove', about: 'delete users of Clerk that the export lacks; otherwise they are only named' },
    resourcesOption,
    ...targetOptions,
  ],
  details: [
    'What differs is saved like an event of Clerk: fields of your own stay, and who had an event after the export is left alone.',
    'Fields are named, their values never. A data folder may not be in use: stop the server first, or call sync.reconcileUsers in it.',
  ],
  async run(call) {
    const file = call.positional ?? '';
    const target = commandTarget(call);
    const users = await readUsers(file);
    const declared = (await loadResources(call)).find(({ name }) => name === 'users');
    const resource = declared ?? defineUsers();
    const [dryRun, remove] = [call.options['dry-run'] === true, call.options['remove'] === true];
    const { store, saver, close } = await openSaver(call, target);
    try {
      const identities = createIdentities({ store, saver, resource: () => resource });
      const { changes, unchanged, newer } = await reconcileUsers({ store, identities }, users, { dryRun, remove });
      for (const { id, action, fields, refused } of changes) {
        const what = fields.length > 0 ? ` (${fields.join(', ')})` : '';
        call.say(`${id}: ${refused === undefined ? action : `refused ${refused}`}${what}`);
      }
      const where = dryRun ? 'Nothing was saved' : `Compared with ${describeTarget(target)}`;
      call.say(`${where}: ${changes.length} differ, ${unchanged} unchanged, ${newer} newer here.`);
      return changes.some(({ refused }) => refused !== undefined) ? 1 : 0;
    } finally {
      await close();
    }
  },
};

async function readUsers(file: string): Promise<readonly JsonObject[]> {
  let users: unknown;
  try {
    users = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new SyncError('FILE_INVALID', `${file} is not JSON that can be read. Nothing was changed.`, { cause });
  }
  if (Array.isArray(users)) return users as readonly JsonObject[];
  throw new SyncError('FILE_INVALID', `${file} has to hold a list of users. Nothing was changed.`);
}
