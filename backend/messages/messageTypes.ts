import { messageLimits, builtInMessageTypes } from '../../shared/protocol/messages.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { nearestName } from '../../shared/nearestName.ts';
import { SyncError } from '../../shared/problem.ts';
import { refuseOption } from '../options.ts';
import { isStandardSchema, validateRecord, type StandardSchema } from '../records/standardSchema.ts';

/** What an integrator declares: each type with the schema of its payload, or true for any payload. */
export type MessageDeclarations = Readonly<Record<string, StandardSchema | true>>;

/** The types of message of an installation. */
export interface MessageTypes {
  /** What a client may send, in the order of the alphabet. */
  readonly allowed: readonly string[];
  /**
   * The type, if it is one that a client may send.
   *
   * Errors  MESSAGE_TYPE_UNKNOWN with `allowed`
   */
  read(type: unknown): string;
  /**
   * The payload as it is sent: what the schema of its type made of it.
   *
   * Errors  INVALID with `errors`, BODY_TOO_LARGE
   */
  check(type: string, payload: unknown): Promise<JsonValue>;
}

/**
 * Puts the declared types beside the built-in ones.
 *
 * Errors  OPTION_INVALID for a name that cannot be one, and for what is neither a schema nor true
 */
export function createMessageTypes(declared: MessageDeclarations = {}): MessageTypes {
  for (const [type, schema] of Object.entries(declared)) {
    refuseReserved(type);
    if (schema !== true && !isStandardSchema(schema))
      refuseOption('createSync', `messages.${type}`, 'a Standard Schema of the payload, or true', schema);
  }
  const allowed = [...new Set([...builtInMessageTypes, ...Object.keys(declared)])].sort();
  return {
    allowed,
    read(type) {
      if (typeof type === 'string' && allowed.includes(type)) return type;
      const came = typeof type === 'string' ? `"${type.slice(0, 100)}"` : 'none';
      const nearest = typeof type === 'string' ? nearestName(type, allowed) : null;
      const hint = nearest ? ` Did you mean "${nearest}"?` : '';
      throw new SyncError(
        'MESSAGE_TYPE_UNKNOWN',
        `"type" has to be one of ${allowed.join(', ')}; ${came} came.${hint} More are declared with \`messages\` of createSync.`,
        { extensions: { allowed } },
      );
    },
    async check(type, payload) {
      const schema = Object.hasOwn(declared, type) ? declared[type] : true;
      return measured(schema === undefined || schema === true ? payload : await validated(schema, type, payload));
    },
  };
}

/**
 * Refuses a name that no message of an integrator can have; the product's own begin with `sync.`.
 *
 * Errors  OPTION_INVALID
 */
export function refuseReserved(type: string): void {
  if (/^[A-Za-z][\w.:-]{0,99}$/.test(type) && !type.startsWith('sync.')) return;
  refuseOption(
    'createSync',
    'messages',
    'types of at most 100 letters, digits and _ . : - that do not begin with "sync."',
    type,
  );
}

async function validated(schema: StandardSchema, type: string, payload: unknown): Promise<unknown> {
  const result = await validateRecord(schema, payload as JsonObject);
  if (result.ok) return result.value;
  const errors = result.errors.map((error) => ({ ...error, path: `/payload${error.path}` }));
  throw new SyncError('INVALID', `The payload is not what "${type}" carries.`, { extensions: { errors } });
}

/** As JSON, which is what travels: what a schema or server code made (a Date) is told as its text. */
function measured(payload: unknown): JsonValue {
  const json = JSON.stringify(payload ?? null);
  const { maxPayloadBytes } = messageLimits;
  if (json === undefined || Buffer.byteLength(json) > maxPayloadBytes) {
    throw new SyncError('BODY_TOO_LARGE', `A message carries at most ${maxPayloadBytes} bytes of JSON.`, {
      extensions: { maxPayloadBytes },
    });
  }
  return JSON.parse(json) as JsonValue;
}
