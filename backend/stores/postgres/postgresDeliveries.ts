import { v7 as uuidV7 } from 'uuid';
import {
  isFailedRow,
  toDeliveryRow,
  type DeliveryDetail,
  type DeliveryLog,
  type DeliveryRow,
  type OnDeliveryLoss,
} from '../../log/deliveryLog.ts';
import { unavailable, type Database } from './boundDatabase.ts';

/** The columns of rows of the table, each a list. */
export function deliveryValues(group: readonly DeliveryDetail[]): unknown[][] {
  return [
    group.map(({ endpoint }) => endpoint),
    group.map(({ id }) => id),
    group.map(({ at }) => Date.parse(at)),
    group.map(({ resource }) => resource),
    group.map(({ recordId }) => recordId),
    group.map(isFailedRow),
    // A receiver may answer with bytes that the database does not take.
    group.map((detail) => toJson(toDeliveryRow(detail))),
    group.map(({ request, answer }) => toJson({ request, answer })),
  ];
}

/** The statement that writes them. */
export function deliveryStatement(schema: string): string {
  return `insert into ${schema}.deliveries (endpoint, id, at, resource, record_id, failed, row, detail)
    select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::boolean[], $7::json[], $8::json[])`;
}

/** Rows that wait to be written, and rows of one statement. */
const limits = { waiting: 5_000, perInsert: 500, perDelete: 5_000 } as const;

/**
 * The deliveries in PostgreSQL: a table, written behind in groups. Ids are uuids of version 7, so that they rise with the time.
 *
 * Errors  STORE_UNAVAILABLE from reading
 */
export function postgresDeliveries(database: Database, schema: string, onLoss: OnDeliveryLoss): DeliveryLog {
  const table = `${schema}.deliveries`;
  let waiting: DeliveryDetail[] = [];
  let writing: Promise<void> | null = null;

  async function write(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const group = waiting.splice(0, limits.perInsert);
      try {
        await insert(group);
      } catch (error) {
        const lost = group.length + waiting.length;
        waiting = [];
        onLoss(lost, error);
      }
    }
    writing = null;
  }

  async function insert(group: readonly DeliveryDetail[]): Promise<void> {
    await database.query(deliveryStatement(schema), deliveryValues(group));
  }

  async function query<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    await writing;
    try {
      return (await database.query<Row>(sql, [...values])).rows;
    } catch (cause) {
      throw unavailable('The database did not answer.', cause);
    }
  }

  return {
    add(detail) {
      const id = uuidV7();
      if (waiting.length >= limits.waiting) onLoss(1, new Error('The database is too slow.'));
      else {
        waiting.push({ id, ...detail });
        writing ??= write();
      }
      return id;
    },
    async list(endpoint, { limit, before, outcome }) {
      const rows = await query<{ row: string }>(
        `select row::text from ${table} where endpoint = $1 and ($2::text is null or id < $2) and (failed or not $3::boolean)
         order by id desc limit $4`,
        [endpoint, before ?? null, outcome === 'failed', limit],
      );
      const parsed = rows.map(({ row }) => JSON.parse(row) as DeliveryRow);
      return { rows: parsed, next: parsed.length < limit ? null : (parsed.at(-1)?.id ?? null) };
    },
    async get(endpoint, id) {
      const [found] = await query<{ row: string; detail: string }>(
        `select row::text, detail::text from ${table} where endpoint = $1 and id = $2`,
        [endpoint, id],
      );
      if (found === undefined) return null;
      return {
        ...(JSON.parse(found.row) as DeliveryRow),
        ...(JSON.parse(found.detail) as Pick<DeliveryDetail, 'request' | 'answer'>),
      };
    },
    async latestOf(resource, recordId) {
      const rows = await query<{ row: string }>(
        `select distinct on (endpoint) row::text from ${table} where resource = $1 and record_id = $2 order by endpoint, id desc`,
        [resource, recordId],
      );
      return rows.map(({ row }) => JSON.parse(row) as DeliveryRow);
    },
    async removeBefore(time) {
      let removed: number;
      do {
        const rows = await query<{ id: string }>(
          `delete from ${table} where ctid in (select ctid from ${table} where at < $1 limit $2) returning id`,
          [time, limits.perDelete],
        );
        removed = rows.length;
      } while (removed === limits.perDelete);
    },
    async flush() {
      await writing;
    },
  };
}

/** JSON without the two things that PostgreSQL refuses in text: zero, and halves of a surrogate pair. */
function toJson(value: object): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'string' ? part.replaceAll(/[\0\p{Surrogate}]/gu, '\uFFFD') : part,
  );
}
