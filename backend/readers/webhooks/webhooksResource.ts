import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { Operation } from '../../../shared/change.ts';
import type { LogPosition } from '../../../shared/cursor.ts';
import type { StoredRecord } from '../../log/advance.ts';
import { defineInternalResource } from '../../records/defineResource.ts';

const operations = ['created', 'updated', 'deleted'] as const satisfies readonly Operation[];

/**
 * Why the product switched an endpoint off, for programs.
 *
 * gone   the receiver answered 410     failing   nothing was taken for days     other   a reason of another release
 */
export type DisabledCode = (typeof disabledCodes)[number];

const disabledCodes = ['gone', 'failing', 'other'] as const;

/** The endpoints, as records of a resource that no route of records and no stream shows. */
export const webhooksResource = defineInternalResource({
  name: 'webhooks',
  schema: z.object({
    url: z.string().min(1).max(2048),
    description: z.string().max(500).optional(),
    resources: z.array(z.string()).optional(),
    events: z.array(z.enum(operations)).optional(),
    fields: z.array(z.string()).optional(),
    active: z.boolean(),
    disabledReason: z.string().optional(),
    disabledCode: z.enum(disabledCodes).optional(),
    disabledAt: z.string().optional(),
    moved: z.object({ epoch: z.string(), seq: z.number() }).optional(),
    secret: z.string(),
    previousSecret: z.string().optional(),
    previousValidUntil: z.string().optional(),
    resume: z.string().optional(),
    replay: z.object({ id: z.string(), epoch: z.string(), seq: z.number() }).optional(),
    resends: z
      .array(z.object({ id: z.string(), key: z.string(), from: z.number(), to: z.number() }))
      .max(20)
      .optional(),
  }),
  secret: ['secret', 'previousSecret'],
});

/** What an endpoint wants to hear of; null everywhere for everything that is public. */
export interface EndpointFilter {
  readonly resources: readonly string[] | null;
  readonly events: readonly Operation[] | null;
  /** Top-level fields: told only when one of them changed, and only of these. */
  readonly fields: readonly string[] | null;
}

/** One receiver of webhooks. */
export interface Endpoint extends EndpointFilter {
  readonly id: string;
  /** Of its record. */
  readonly version: number;
  readonly url: string;
  readonly description: string;
  readonly active: boolean;
  /** Why the product switched it off; null while it is on, and when an admin did. */
  readonly disabledReason: string | null;
  /** Null exactly when `disabledReason` is. */
  readonly disabledCode: DisabledCode | null;
  /** When the product switched it off last, ISO 8601. */
  readonly disabledAt: string | null;
  /** The end of the log when its address was changed last; null while it has its first one. */
  readonly moved: LogPosition | null;
  readonly createdAt: string;
  /** Milliseconds since 1970; an endpoint that was switched on again starts afresh from here. */
  readonly changedAt: number;
  /** As they are stored, opened only for the moment of signing: the one that counts, and the one before it. */
  readonly sealedSecret: string;
  readonly sealedPrevious: string | null;
  /** Until then both sign; null when there was no rotation, or it is over and forgotten. */
  readonly previousValidUntil: string | null;
  /** Another text than the last one: what waits is due at once. */
  readonly resume: string | null;
  /** Another id than the last one: everything after a place is told again. */
  readonly replay: ({ readonly id: string } & LogPosition) | null;
  /** One with an id that was not there: the versions of a record are told again, by the process that has the endpoint. */
  readonly resends: readonly ResendOrder[];
}

/** That one record is to be told again; `key` is `<resource>/<id>`. */
export interface ResendOrder {
  readonly id: string;
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/** The endpoint of a stored record; null for a tombstone. */
export function toEndpoint(
  stored: Pick<StoredRecord, 'id' | 'version' | 'record' | 'changedAt'> | null,
): Endpoint | null {
  const record = stored?.record;
  if (!stored || !record) return null;
  return {
    id: stored.id,
    version: stored.version,
    url: String(record['url']),
    description: textOf(record['description']) ?? '',
    resources: textsOf(record['resources']),
    events: textsOf(record['events']) as readonly Operation[] | null,
    fields: textsOf(record['fields']),
    active: record['active'] === true,
    disabledReason: textOf(record['disabledReason']),
    disabledCode: codeOf(record),
    disabledAt: textOf(record['disabledAt']),
    moved: (record['moved'] ?? null) as Endpoint['moved'],
    createdAt: String(record['createdAt']),
    changedAt: stored.changedAt,
    sealedSecret: String(record['secret']),
    sealedPrevious: textOf(record['previousSecret']),
    previousValidUntil: textOf(record['previousValidUntil']),
    resume: textOf(record['resume']),
    replay: (record['replay'] ?? null) as Endpoint['replay'],
    resends: (record['resends'] ?? []) as unknown as Endpoint['resends'],
  };
}

/** Of a record that an older release wrote it is told by the beginning of its own words; what follows them is anybody's. */
function codeOf({ disabledCode, disabledReason }: JsonObject): DisabledCode | null {
  if (typeof disabledReason !== 'string') return null;
  const known = disabledCodes.find((code) => code === disabledCode);
  if (known !== undefined) return known;
  if (disabledReason.startsWith('The receiver answered 410')) return 'gone';
  return disabledReason.startsWith('Nothing was taken for ') ? 'failing' : 'other';
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function textsOf(value: JsonValue | undefined): readonly string[] | null {
  return Array.isArray(value) ? value.map(String) : null;
}
