import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SyncError } from '../../shared/problem.ts';

/**
 * The key that seals secrets: as given (32 bytes in base64), or the one in the data folder, made at the first start.
 *
 * Errors  OPTION_INVALID when a key is given that is not 32 bytes, or none is given and there is no folder to keep one in;
 *         FOLDER_UNUSABLE when the folder cannot be read or written
 */
export async function secretKey(given: string | undefined, folder: string | undefined): Promise<Buffer> {
  if (given !== undefined) {
    const key = Buffer.from(given, 'base64');
    if (key.length === 32) return key;
    throw new SyncError(
      'OPTION_INVALID',
      `secretKey (SECRET_KEY) has to be 32 bytes in base64; ${key.length} bytes came. Make one: openssl rand -base64 32`,
    );
  }
  if (folder === undefined) {
    throw new SyncError(
      'OPTION_INVALID',
      'This store needs secretKey (SECRET_KEY): every node has to seal with the same one. Make it: openssl rand -base64 32',
    );
  }
  try {
    return await keyOfFolder(folder);
  } catch (error) {
    if (error instanceof SyncError) throw error;
    throw new SyncError(
      'FOLDER_UNUSABLE',
      `The data folder ${folder} cannot be used: ${String(error)}. Give the process the right to read and write it, or choose another one (DATA_DIR).`,
      { cause: error },
    );
  }
}

async function keyOfFolder(folder: string): Promise<Buffer> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'key');
  const known = await readKey(path);
  if (known) return known;
  await writeOnce(path, randomBytes(32));
  return (await readKey(path)) ?? refuseKey(path);
}

async function readKey(path: string): Promise<Buffer | null> {
  try {
    const key = Buffer.from(await readFile(path, 'utf8'), 'base64');
    return key.length === 32 ? key : refuseKey(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function refuseKey(path: string): never {
  throw new SyncError(
    'OPTION_INVALID',
    `${path} is not a key of 32 bytes in base64. Put back the one that sealed the secrets of this folder.`,
  );
}

/** Complete or not there at all: a half-written key would make every secret unreadable later. `link` fails when another start was faster, whose key then counts. */
async function writeOnce(path: string, key: Buffer): Promise<void> {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(key.toString('base64'));
    await file.sync();
  } finally {
    await file.close();
  }
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft, { force: true });
}
