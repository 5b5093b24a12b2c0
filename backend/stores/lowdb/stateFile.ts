import { readFile } from 'node:fs/promises';
import type { JsonValue } from '../../../shared/json.ts';
import { SyncError } from '../../../shared/problem.ts';
import { createGroupQueue } from '../groupQueue.ts';
import type { StateItem, StatePut, StateStore } from '../store.ts';
import type { OpenAppendFile } from './appendFile.ts';
import { hasErrorCode, replaceFile } from './durableFile.ts';
import { GroupFile } from './groupFile.ts';
import { decodeGroups, encodeGroup } from './groupFormat.ts';
import { damagedLog } from './readSegments.ts';
import { StateTable, type StateLine } from './stateTable.ts';
import type { StoreHealth } from './storeHealth.ts';

/** What the state is opened with. */
export interface StateFileOptions {
  readonly path: string;
  readonly owner: string;
  readonly health: StoreHealth;
  readonly openFile: OpenAppendFile;
  /** The file is written anew when it has grown by this much since the last time. */
  readonly compactAfterBytes: number;
  readonly now: () => number;
  readonly onWarning: (message: string) => void;
}

type StateChange =
  | {
      readonly bucket: string;
      readonly key: string;
      readonly value: JsonValue;
      readonly ifRevision?: number;
      readonly expiresAt?: number;
    }
  | { readonly bucket: string; readonly key: string; readonly value?: undefined; readonly ifRevision?: undefined };

/** The state of the embedded store: lines of `state.jsonl`, all of it in memory, changes that arrive together in one sync. */
export class StateFile implements StateStore {
  readonly #options: StateFileOptions;
  readonly #table: StateTable;
  // By what came together: the states of hundreds of readers in one call are one item.
  readonly #queue = createGroupQueue<readonly StateChange[], readonly (number | null)[]>({
    run: (calls) => this.#storeAll(calls),
    size: (changes) => changes.length,
    maxGroupSize: 1_000,
  });
  #file: GroupFile;
  #compactAt: number;

  /** Errors  LOG_DAMAGED for anything but a torn end, which is cut with a warning. */
  static async open(options: StateFileOptions): Promise<StateFile> {
    const table = await readTable(options);
    return new StateFile(options, table, await writeAnew(options, table));
  }

  private constructor(options: StateFileOptions, table: StateTable, file: GroupFile) {
    this.#options = options;
    this.#table = table;
    this.#file = file;
    this.#compactAt = file.size + options.compactAfterBytes;
  }

  async get(bucket: string, key: string): Promise<StateItem | null> {
    return this.#table.get(bucket, key, this.#options.now());
  }

  async list(bucket: string): Promise<readonly StateItem[]> {
    return this.#table.list(bucket, this.#options.now());
  }

  async put(
    bucket: string,
    key: string,
    value: JsonValue,
    options: { ifRevision?: number; expiresAt?: number } = {},
  ): Promise<number | null> {
    const [revision] = await this.#queue.add([{ bucket, key, value, ...options }]);
    return revision ?? null;
  }

  putMany(bucket: string, puts: readonly StatePut[]): Promise<readonly (number | null)[]> {
    return this.#queue.add(puts.map(({ key, value, ifRevision }) => ({ bucket, key, value, ifRevision })));
  }

  async delete(bucket: string, key: string): Promise<void> {
    await this.#queue.add([{ bucket, key }]);
  }

  async close(): Promise<void> {
    await this.#queue.finish();
    await this.#file.close();
  }

  async #storeAll(calls: readonly (readonly StateChange[])[]): Promise<(readonly (number | null)[])[]> {
    const revisions = await this.#store(calls.flat());
    let at = 0;
    return calls.map((changes) => revisions.slice(at, (at += changes.length)));
  }

  async #store(changes: readonly StateChange[]): Promise<(number | null)[]> {
    const now = this.#options.now();
    const lines: StateLine[] = [];
    const drafted = new Map<string, number>();
    let { revision } = this.#table;
    const revisions = changes.map(({ bucket, key, value, ifRevision, ...rest }) => {
      const name = JSON.stringify([bucket, key]);
      const current = drafted.get(name) ?? this.#table.get(bucket, key, now)?.revision ?? 0;
      if (ifRevision !== undefined && ifRevision !== current) return null;
      if (value === undefined && current === 0) return null;
      revision += 1;
      drafted.set(name, value === undefined ? 0 : revision);
      lines.push({ bucket, key, revision, ...(value === undefined ? {} : { value }), ...rest });
      return revision;
    });
    if (lines.length === 0) return revisions;
    await this.#file.append(
      lines.map((line) => JSON.stringify(line)),
      this.#table.revision,
    );
    for (const line of lines) this.#table.apply(line);
    if (this.#file.size > this.#compactAt) await this.#compact();
    return revisions;
  }

  async #compact(): Promise<void> {
    const { options, old } = { options: this.#options, old: this.#file };
    this.#table.removeExpired(options.now());
    try {
      this.#file = await writeAnew(options, this.#table);
      await old.close();
    } catch (error) {
      // Everything is durable in the long file; only the disk space is not given back yet.
      options.onWarning(`${options.path} could not be written anew and keeps growing: ${String(error)}`);
    }
    this.#compactAt = this.#file.size + options.compactAfterBytes;
  }
}

async function readTable(options: StateFileOptions): Promise<StateTable> {
  const table = new StateTable();
  const bytes = await readFile(options.path).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return Buffer.alloc(0);
    throw new SyncError('FOLDER_UNUSABLE', `${options.path} cannot be read: ${String(error)}.`, { cause: error });
  });
  const { groups, damage } = decodeGroups(bytes);
  if (damage !== null && !damage.isTail) throw damagedLog(options.path, damage.line, 'is not what was written there');
  if (damage !== null) {
    options.onWarning(`${options.path}, line ${damage.line}: the end was cut off; it was never acknowledged.`);
  }
  for (const { text } of groups.flatMap(({ lines }) => lines)) table.apply(JSON.parse(text) as StateLine);
  table.removeExpired(options.now());
  return table;
}

async function writeAnew(options: StateFileOptions, table: StateTable): Promise<GroupFile> {
  const lines = table.toLines().map((line) => JSON.stringify(line));
  const text = encodeGroup(lines, { owner: options.owner, after: 0 }).toString();
  await replaceFile(options.path, text);
  return GroupFile.open({ ...options, size: Buffer.byteLength(text) });
}
