import type { QueryResult, QueryResultRow } from 'pg';
import type { ChangeLog, LogPage } from '../../log/changeLog.ts';
import type { ChangeEntry, LogEntry } from '../../log/entry.ts';
import { SyncError } from '../../../shared/problem.ts';
import { unavailable, type Database } from './boundDatabase.ts';
import { toEntry, type LogRow } from './recordRow.ts';

interface PageRow {
  readonly head: string;
  readonly floor: string;
  readonly epoch: string;
  readonly seq: string | null;
  readonly at: string | null;
  readonly entry: string | null;
}

/** The log in PostgreSQL, as one node knows it: what it wrote itself it knows at once, the rest when it is woken. */
export class PostgresLog implements ChangeLog {
  readonly #database: Database;
  readonly #schema: string;
  readonly #listeners = new Set<() => void>();
  readonly #onStaged: () => void;
  /** Pages that are being read, by what was asked. */
  readonly #reading = new Map<string, Promise<LogPage>>();
  #epoch = '';
  #head = 0;

  constructor(database: Database, schema: string, onStaged: () => void) {
    this.#onStaged = onStaged;
    this.#database = database;
    this.#schema = schema;
  }

  get epoch(): string {
    return this.#epoch;
  }

  head(): number {
    return this.#head;
  }

  /** Readers that stand at the same place are woken together, and share what they read. */
  async read(after: number, limit = 256): Promise<LogPage> {
    const name = `${after}/${limit}`;
    const known = this.#head;
    // One that began before the newest entry was known may miss it, and its reader would not be woken again.
    const running = this.#reading.get(name);
    if (running !== undefined) {
      const page = await running;
      if (page.head >= known) return page;
    }
    const reading = this.#readPage(after, limit).finally(() => {
      if (this.#reading.get(name) === reading) this.#reading.delete(name);
    });
    this.#reading.set(name, reading);
    return reading;
  }

  async #readPage(after: number, limit: number): Promise<LogPage> {
    // One statement, so that entries, head and floor are of one moment.
    const { rows } = await this.#query<PageRow>(
      `select m.seq::text as head, m.floor::text, m.epoch, l.seq::text, l.at::text, l.entry::text from ${this.#schema}.meta m
       left join lateral (
         select seq, at, entry from ${this.#schema}.log where seq > greatest($1, m.floor) order by seq limit $2
       ) l on true order by l.seq`,
      [after, limit],
    );
    const [first] = rows;
    if (first === undefined)
      throw new SyncError('STORE_UNAVAILABLE', `The table ${this.#schema}.meta is empty; restore it from a backup.`);
    this.note(first.epoch, Number(first.head));
    const entries: LogEntry[] = [];
    for (const { seq, at, entry } of rows) {
      if (seq !== null && at !== null && entry !== null) entries.push(toEntry({ seq, at, entry }));
    }
    return { entries, head: Number(first.head), floor: Number(first.floor) };
  }

  async history(
    resource: string,
    id: string,
    options: { limit: number; beforeVersion?: number },
  ): Promise<readonly ChangeEntry[]> {
    const { rows } = await this.#query<LogRow>(
      `select seq::text, at::text, entry::text from ${this.#schema}.log
       where resource = $1 and id = $2 and ($3::bigint is null or version < $3) order by version desc limit $4`,
      [resource, id, options.beforeVersion ?? null, options.limit],
    );
    return rows.map(toEntry).filter((entry) => entry.kind === 'change');
  }

  async version(resource: string, id: string, version: number): Promise<ChangeEntry | null> {
    const [entry] = await this.history(resource, id, { limit: 1, beforeVersion: version + 1 });
    return entry?.version === version ? entry : null;
  }

  async placeAt(time: number): Promise<number> {
    const { rows } = await this.#query<{ place: string }>(
      `select greatest(floor, (select seq from ${this.#schema}.log where at <= $1 order by at desc limit 1))::text as place
       from ${this.#schema}.meta`,
      [Math.floor(time)],
    );
    return Number(rows[0]?.place);
  }

  onAppend(listener: () => void): () => void {
    // A wrapper, so that the same function given twice is two listeners and ends once each.
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** Takes over what was seen of the log, and tells the listeners when it moved. */
  note(epoch: string, head: number): void {
    const hasMoved = head > this.#head || epoch !== this.#epoch;
    if (epoch !== this.#epoch) this.#head = head;
    this.#epoch = epoch;
    // An answer that took longer than a later one is no step back.
    this.#head = Math.max(this.#head, head);
    if (hasMoved) for (const listener of this.#listeners) listener();
  }

  /** Asks the database where the log ends now, and whether something waits to get into it. */
  async refresh(): Promise<void> {
    const { rows } = await this.#query<{ epoch: string; seq: string; has_staged: boolean }>(
      `select epoch, seq::text,
         exists (select from ${this.#schema}.staged where place is not null and problem is null) as has_staged
       from ${this.#schema}.meta`,
      [],
    );
    if (rows[0] === undefined) return;
    this.note(rows[0].epoch, Number(rows[0].seq));
    if (rows[0].has_staged) this.#onStaged();
  }

  async #query<Row extends QueryResultRow>(sql: string, values: readonly unknown[]): Promise<QueryResult<Row>> {
    try {
      return await this.#database.query<Row>(sql, values);
    } catch (cause) {
      throw unavailable('The log cannot be read at the moment: the database did not answer.', cause);
    }
  }
}
