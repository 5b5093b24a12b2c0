import {
  isFailedRow,
  toDeliveryRow,
  type DeliveryDetail,
  type DeliveryLog,
  type DeliveryRow,
} from '../../log/deliveryLog.ts';

/** Rows that are kept: of one endpoint, and in all. */
const limits = { perEndpoint: 50, inAll: 5_000 } as const;

/** The log of deliveries of a store that keeps none: the newest ones, until the process ends. */
export function createMemoryDeliveries(): DeliveryLog {
  let rows: DeliveryDetail[] = [];
  let last = 0;
  let droppedAt = 0;
  const numberOf = (id: string): number => Number(id.slice(1));

  return {
    add(detail) {
      last += 1;
      const id = `d${last}`;
      const same = rows.filter(({ endpoint }) => endpoint === detail.endpoint);
      const oldest = same.length >= limits.perEndpoint ? same[0] : rows.length >= limits.inAll ? rows[0] : undefined;
      if (oldest) {
        rows.splice(rows.indexOf(oldest), 1);
        droppedAt = Math.max(droppedAt, Date.parse(oldest.at) + 1);
      }
      rows.push({ id, ...detail });
      return id;
    },
    async list(endpoint, { limit, before, outcome }) {
      const found = rows
        .filter((row) => row.endpoint === endpoint && (outcome === undefined || isFailedRow(row)))
        .filter(({ id }) => before === undefined || numberOf(id) < numberOf(before))
        .reverse();
      const page = found.slice(0, limit).map(toDeliveryRow);
      return { rows: page, next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
    },
    get: async (endpoint, id) => rows.find((row) => row.endpoint === endpoint && row.id === id) ?? null,
    async latestOf(resource, recordId) {
      const about = rows.filter((row) => row.resource === resource && row.recordId === recordId);
      return [...new Map(about.map((row): [string, DeliveryRow] => [row.endpoint, toDeliveryRow(row)])).values()];
    },
    latestSince: () => droppedAt,
    async removeBefore(time) {
      rows = rows.filter(({ at }) => Date.parse(at) >= time);
    },
    async flush() {},
  };
}
