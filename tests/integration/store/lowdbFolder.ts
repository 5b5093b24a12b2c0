import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LowdbStoreOptions } from '../../../backend/stores/lowdb/index.ts';
import { lowdbStore } from '../../../backend/stores/lowdb/index.ts';
import type { Store } from '../../../backend/stores/store.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';

/** A data folder of one test. */
export interface LowdbFolder {
  readonly path: string;
  readonly warnings: string[];
  /** Opens a store on it, or on a copy of it. */
  open(options?: Partial<LowdbStoreOptions>): Promise<Store>;
  /** What opening it fails with: `CODE: detail`. */
  openError(options?: Partial<LowdbStoreOptions>): Promise<string>;
  /** Copies it as it is on the disk at this moment, as a backup of a running program does. */
  copyTo(name: string): Promise<string>;
  /** The files of the log, oldest first, as paths. */
  logFiles(): Promise<string[]>;
  readText(name: string): Promise<string>;
  remove(): Promise<void>;
}

/** Makes an empty data folder. */
export async function createLowdbFolder(): Promise<LowdbFolder> {
  const root = await mkdtemp(join(tmpdir(), 'lowdb-store-'));
  const path = join(root, 'data');
  const warnings: string[] = [];
  const opened = new Set<Store>();
  async function open(options: Partial<LowdbStoreOptions> = {}): Promise<Store> {
    const store = lowdbStore({ folder: path, onWarning: (message) => warnings.push(message), ...options });
    await store.open();
    opened.add(store);
    return store;
  }
  return {
    path,
    warnings,
    open,
    async openError(options) {
      try {
        await (await open(options)).close();
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        return `${code}: ${message}`;
      }
      return 'opened';
    },
    async copyTo(name) {
      await cp(path, join(root, name), { recursive: true });
      return join(root, name);
    },
    async logFiles() {
      const names = await readdir(join(path, 'log'));
      return names.sort().map((name) => join(path, 'log', name));
    },
    readText: (name) => readFile(join(path, name), 'utf8'),
    async remove() {
      for (const store of opened) await store.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Stores versions of one record, one after the other, and returns the codes or statuses of how they ended. */
export async function saveVersions(store: Store, id: string, from: number, to: number): Promise<string[]> {
  const ended: string[] = [];
  for (let n = from; n <= to; n += 1) {
    const [outcome] = await store.commit([draftWrite(id, { n }, { expectedVersion: n - 1 })]);
    ended.push(outcome?.status === 'failed' ? outcome.error.code : (outcome?.status ?? 'none'));
  }
  return ended;
}
