import type { Request } from 'express';
import type { JsonObject } from '../../shared/json.ts';
import type { JsonPatchOperation } from '../../shared/merge/index.ts';
import type { Receipt } from '../../shared/receipt.ts';
import type { StandardSchema } from '../records/standardSchema.ts';
import type { MergeRoute } from './mergeRoute.ts';
import type { Sent } from './readSent.ts';

/** What `smartMerge` leaves on the request: `req.merge`. */
export interface MergeInfo {
  /** The record as `load` gave it. */
  readonly current: unknown;
  /** What the save was based on; null when it did not say. */
  readonly base: JsonObject | null;
  /** The whole record to store; it is `req.body` too. */
  readonly merged: JsonObject;
  /** Only the top-level fields that differ from the current record. */
  readonly changes: JsonObject;
  /** From the current record to the merged one. */
  readonly patch: readonly JsonPatchOperation[];
  readonly receipt: Receipt;
  /** What `save` gave back, where smartMerge was given one. */
  readonly saved?: unknown;
}

declare global {
  // Express's own way to say that a request carries more; an interface merge is the only form it has.
  // oxlint-disable-next-line typescript/no-namespace
  namespace Express {
    interface Request {
      merge?: MergeInfo;
    }
  }
}

/** What the three middlewares leave for each other, whatever the order in which they are mounted. */
export interface MergeState {
  /** Schemas of validateChanges that ran before the merge. */
  readonly schemas: StandardSchema[];
  resource: string | null;
  id: string | null;
  /** Reads the record again, after the handler. */
  reload: (() => Promise<unknown>) | null;
  notify: boolean;
  mutationId: string | null;
  /** Of notifyFrontend: what has to end before the next save of this record may begin. */
  readonly afterResponse: (() => Promise<void>)[];
  /** A smartMerge took this request, also when nothing was stored to merge with. */
  isMergeDone: boolean;
  /** `request.body` holds only the changed fields. */
  hasOnlyChanges: boolean;
  /** The turns that the request holds, each with what ends it: it never waits for one of them again. */
  readonly turns: Map<string, () => void>;
  /** The address that was merged last, by which route, and what the client had sent to it; null while none was. */
  merged: { readonly address: string; readonly route: MergeRoute; readonly sent: Sent } | null;
}

const states = new WeakMap<object, MergeState>();

/** The state of a request, made at the first call. */
export function mergeStateOf(request: Request): MergeState {
  const known = states.get(request);
  if (known) return known;
  const made: MergeState = {
    schemas: [],
    resource: null,
    id: null,
    reload: null,
    notify: true,
    mutationId: null,
    afterResponse: [],
    isMergeDone: false,
    hasOnlyChanges: false,
    turns: new Map(),
    merged: null,
  };
  states.set(request, made);
  return made;
}

/**
 * Marks the handler of a smartMerge, so that a validateChanges that is mounted before it can find it in the route.
 *
 * Shape   handler[mergeMark](request) says whether it will merge this request
 */
export const mergeMark: unique symbol = Symbol('backoffice-sync.smartMerge');

interface Layer {
  readonly handle?: unknown;
  readonly method?: string;
}

/** True when a smartMerge comes later in the same route and will merge this request. */
export function hasMergeAhead(request: Request): boolean {
  if (mergeStateOf(request).isMergeDone) return false;
  const stack = (request.route as { stack?: readonly Layer[] } | undefined)?.stack ?? [];
  return stack.some(({ handle, method }) => {
    // One route object holds the handlers of all its methods.
    if (method !== undefined && method !== request.method.toLowerCase()) return false;
    return isMarked(handle) && handle[mergeMark](request);
  });
}

function isMarked(handle: unknown): handle is { readonly [mergeMark]: (request: Request) => boolean } {
  return typeof handle === 'function' && mergeMark in handle;
}
