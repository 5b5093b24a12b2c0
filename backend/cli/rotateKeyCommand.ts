import { randomBytes } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { keyRing, nextKeyName, type KeyRing } from '../keyRing.ts';
import { SyncError } from '../../shared/problem.ts';
import { readTextIfExists, syncFolder } from '../stores/lowdb/durableFile.ts';
import { refuseMoved } from '../stores/lowdb/folderEpoch.ts';
import { takeFolder } from '../stores/lowdb/folderOwner.ts';
import { lowdbStore } from '../stores/lowdb/lowdbStore.ts';
import { targetOptions, type Command, type CommandCall } from './command.ts';
import { commandSettings, commandTarget, describeTarget, openPool } from './commandTarget.ts';
import { createResealer, type Resealer } from './createResealer.ts';
import { folderSnapshot } from './folderSnapshot.ts';
import { resealDatabase, type Resealed } from './resealDatabase.ts';
import { resealFolder } from './resealFolder.ts';

/** `rotate-key`: stored secrets, sealed with a new key. */
export const rotateKeyCommand: Command = {
  name: 'rotate-key',
  about: 'Seals every stored secret with a new key.',
  options: [...targetOptions],
  details: [
    'With SECRET_KEY: give the new key and the old one, SECRET_KEY=NEW,OLD, first to every server, then to this command. The first',
    'seals, all of them open. When it finds nothing any more that another key sealed, start the servers with the new one alone.',
    'A data folder whose key is its file "key" gets a new one by itself; the old one stays as "key.before". No server may use it.',
    'Records and their history are sealed anew; no version changes, and nobody is told. People who signed in with a password sign in',
    'once more. Interrupted, run it again: until it is done the old key is accepted. No key is printed. Backups keep the key they had.',
  ],
  async run(call) {
    const target = commandTarget(call);
    const given = commandSettings(call).secretKey;
    const ring = given === undefined ? null : await keyRing(given, undefined);
    if (ring?.length === 1 || (ring === null && target.kind === 'database'))
      throw new SyncError('OPTION_INVALID', 'Give the new key and the old one: SECRET_KEY=NEW,OLD. Make a new one: openssl rand -base64 32.'); // prettier-ignore
    let done: Resealed;
    let resealer: Resealer;
    if (target.kind === 'database') {
      resealer = resealerOf(ring as KeyRing);
      const pool = openPool(target.url);
      try {
        done = await resealDatabase(pool, target.schema, resealer);
      } finally {
        await pool.end();
      }
    } else ({ done, resealer } = await rotateFolder(call, target.folder, ring));
    call.say(`Sealed with the new key: ${done.records} records and ${done.entries} entries of the log in ${describeTarget(target)}.`); // prettier-ignore
    if (resealer.unknown > 0) {
      call.tell(`${resealer.unknown} secrets were sealed with a key that was not given, and stay as they are.`);
      return 1;
    }
    return 0;
  },
};

function resealerOf([next, ...others]: KeyRing): Resealer {
  return createResealer(next, others);
}

async function rotateFolder(
  call: CommandCall,
  folder: string,
  ring: KeyRing | null,
): Promise<{ done: Resealed; resealer: Resealer }> {
  await refuseMoved(folder);
  // Before anything is made: a folder that is none is said.
  await folderSnapshot(folder);
  // A start and an end in order: what a crash left is cleared away by what always does it.
  const store = lowdbStore({ folder, onWarning: call.tell });
  await store.open();
  await store.close();
  let lost: string | null = null;
  const owner = await takeFolder(folder, (detail) => (lost = detail));
  try {
    const resealer = resealerOf(ring ?? (await nextKey(folder)));
    const done = await resealFolder(folder, resealer);
    if (lost !== null) throw new SyncError('FOLDER_UNUSABLE', `${String(lost)} Run the command again.`);
    if (ring === null && resealer.unknown === 0) await finishRotation(folder);
    return { done, resealer };
  } finally {
    await owner.release();
  }
}

/** The next key of a folder, made once and durable before anything is sealed with it; then the one that counts until the end. */
async function nextKey(folder: string): Promise<KeyRing> {
  const path = join(folder, nextKeyName);
  if ((await readTextIfExists(path)) === null) {
    const draft = `${path}.tmp`;
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(randomBytes(32).toString('base64'));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    await syncFolder(folder);
  }
  const [current, next] = await keyRing(undefined, folder);
  return [next ?? current, current];
}

/** A copy and not a move: at no moment is there no file `key`. */
async function finishRotation(folder: string): Promise<void> {
  const path = join(folder, 'key');
  const old = await readTextIfExists(path);
  const file = await open(join(folder, 'key.before'), 'w', 0o600);
  try {
    await file.writeFile(old ?? '');
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(join(folder, nextKeyName), path);
  await syncFolder(folder);
}
