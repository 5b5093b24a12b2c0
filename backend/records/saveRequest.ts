import type { Actor } from '../../shared/change.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { Receipt, SaveOutcome } from '../../shared/receipt.ts';
import type { ChangeEntry } from '../log/entry.ts';
import type { Resource } from './defineResource.ts';
import type { SaveBase } from './saveBase.ts';

/** What a save wants to store. */
export type SaveBody =
  | { readonly kind: 'fields'; readonly fields: JsonObject; readonly unset: readonly string[] }
  /** A whole record: what it lacks and the base has is removed. */
  | { readonly kind: 'whole'; readonly record: JsonObject }
  | { readonly kind: 'mergePatch'; readonly patch: JsonObject }
  | { readonly kind: 'jsonPatch'; readonly operations: JsonValue }
  | { readonly kind: 'none' };

/** One save, whichever way it came in: a route, a restore, a webhook, the server's own code. */
export interface SaveRequest {
  readonly resource: Resource;
  readonly id: string;
  readonly intent: 'create' | 'update' | 'delete' | 'publish' | 'unpublish';
  readonly body: SaveBody;
  readonly base: SaveBase;
  /** True where a save may only meet the version that it is based on, as RFC 9110 says of `If-Match`; then nothing is merged. */
  readonly exactVersion?: boolean;
  /** True where a save without a base is refused (428): people, PUT and DELETE. */
  readonly needsBase: boolean;
  readonly actor: Actor;
  /** Fields that keep their stored value too; only ever adds protection. */
  readonly keep?: readonly string[];
  /** Fields that the server's own code may set although they are protected; never from a request. */
  readonly override?: readonly string[];
  /** True for a create that brings a deleted record back as the log has it: its counters are what they were, less what was counted since. */
  readonly revives?: boolean;
  readonly notify?: boolean;
  readonly mutationId?: string | null;
  readonly key?: { readonly scope: string; readonly key: string; readonly bodyHash: string } | null;
  readonly dryRun?: boolean;
  /** True for what has happened already in somebody else's data: stored as it is, neither protected nor judged. */
  readonly accept?: boolean;
  /** True for a record that lives in the integrator's own data: it has no version of ours, and its stamps are the route's affair. */
  readonly foreign?: boolean;
  /** What the user may see and do; absent for the server's own code, which may everything. */
  readonly access?: {
    readonly sees: (record: JsonObject) => boolean;
    readonly may: (action: 'create' | 'update' | 'delete' | 'publish', record: JsonObject) => boolean;
  };
  /** Levels of nesting that a patched record may have. Default 64. */
  readonly maxDepth?: number;
  /** True where a field that the schema does not know is refused instead of being the schema's own affair. */
  readonly refuseUnknown?: boolean;
}

/** How a save ended. */
export interface SaveResult {
  /** The record's id; for a repeated create the one of the first time. */
  readonly id: string;
  readonly outcome: Exclude<SaveOutcome, 'conflict'>;
  /** Whole, as stored, secrets sealed; null when deleted. */
  readonly record: JsonObject | null;
  readonly version: number;
  readonly receipt: Receipt;
  /** The log's entry; null when nothing was written. */
  readonly entry: ChangeEntry | null;
  /** True when this is the first answer to the same key, given again. */
  readonly repeated: boolean;
}
