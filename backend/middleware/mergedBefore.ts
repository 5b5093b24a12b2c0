import type { Request } from 'express';
import type { JsonObject } from '../../shared/json.ts';
import type { Receipt } from '../../shared/receipt.ts';
import { foreignOwnedFields } from '../records/fieldClasses.ts';
import { toJson, type MergeRoute } from './mergeRoute.ts';
import type { MergeInfo, MergeState } from './mergeState.ts';
import type { Sent } from './readSent.ts';

/** What an earlier smartMerge of the same request has made of the same address. */
export interface MergedBefore {
  /** Its result, as what this one is sent. */
  readonly sent: Sent;
  /** What the client sent: that says whether there is a base, and which state it asks for. */
  readonly original: Sent;
  /** True when its `save` has stored the record: nothing is left to merge. */
  readonly isStored: boolean;
  /** This route, which leaves the stamp of the earlier one where it has none of its own. */
  readonly route: MergeRoute;
  /** The result of both as one. */
  join(info: MergeInfo): MergeInfo;
}

/**
 * Reads what an earlier smartMerge left for this one; null when there was none.
 *
 * The body is a whole record by then, with no `$base`: taken for a save that says no base, it would be refused by one route
 * and lose what it removes on another.
 */
export function mergedBefore(
  request: Request,
  state: MergeState,
  of: { readonly route: MergeRoute; readonly address: string },
): MergedBefore | null {
  const { merge: earlier } = request;
  if (!earlier || state.merged?.address !== of.address) return null;
  const { sent: original } = state.merged;
  const { actor } = state.merged.route;
  const current = toJson(earlier.current, of.route.resource);
  const record = withOwned(bodyOf(request, state, earlier, of.route), current);
  return {
    original,
    isStored: earlier.saved !== undefined,
    sent: {
      raw: record,
      body: { kind: 'whole', record },
      base: { kind: 'values', values: current },
      tags: of.route.ifMatch === 'strict' ? original.tags : [],
    },
    route: of.route.actor || !actor ? of.route : { ...of.route, actor },
    join: (info) => ({ ...info, base: earlier.base, receipt: join(earlier.receipt, info.receipt) }),
  };
}

/** The whole record, also where the handler was to get the changes alone; a field that these remove is null in them. */
function bodyOf(request: Request, state: MergeState, { merged }: MergeInfo, { resource }: MergeRoute): JsonObject {
  const body = toJson(request.body, resource);
  if (!state.hasOnlyChanges) return body;
  const whole = toJson(merged, resource);
  const set = Object.entries(body).filter(([name, value]) => value !== null || Object.hasOwn(whole, name));
  return { ...whole, ...Object.fromEntries(set) };
}

/** Stamps are made anew, and are no wish of the client. */
function withOwned(record: JsonObject, current: JsonObject): JsonObject {
  const owned: readonly string[] = foreignOwnedFields;
  const others = Object.entries(record).filter(([name]) => !owned.includes(name));
  const own = Object.entries(current).filter(([name]) => owned.includes(name));
  return Object.fromEntries([...others, ...own]);
}

/** What the first one did, except where the second one put something back. */
function join(first: Receipt, second: Receipt): Receipt {
  const kept = second.fields.filter(({ status }) => status === 'kept');
  const isPutBack = (path: string) => kept.some((line) => path === line.path || path.startsWith(`${line.path}/`));
  const warnings = [...(first.warnings ?? []), ...(second.warnings ?? [])];
  return {
    outcome: second.outcome,
    fields: [...first.fields.filter(({ path }) => !isPutBack(path)), ...kept],
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}
