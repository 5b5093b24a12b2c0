import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { applyJsonPatch } from '../../../shared/merge/index.ts';
import type { FieldReceipt, Receipt } from '../../../shared/receipt.ts';
import { editedFields, type Deed } from './interleavedWriter.ts';
import type { Answered } from './sendOnce.ts';

/** One line of the history route. */
export interface HistoryLine {
  readonly version: number;
  readonly patch: readonly JsonObject[];
}

/** What was done to one record, and what it became. */
export interface RecordStory {
  /** As it was answered when it was made, version 1. */
  readonly first: JsonObject;
  readonly deeds: readonly Deed[];
  /** From the oldest. */
  readonly history: readonly HistoryLine[];
  readonly final: JsonObject;
}

/**
 * What is wrong with the story of a record; empty when every answer was kept.
 *
 * Each version was made by one acknowledged save. Each field that it changes was wanted by that save, which had either loaded
 * the value that it replaces or was told that it overwrote it. Everything that was answered with 200 is in its version.
 */
export function faultsOfRecord({ first, deeds, history, final }: RecordStory): string[] {
  const faults: string[] = [];
  const versions = rebuild(first, history, faults);
  const makers = new Map<number, Deed>();
  for (const deed of deeds) {
    const version = versionMadeBy(deed, faults);
    if (version === null) continue;
    if (makers.has(version)) faults.push(`version ${version} was made by ${makers.get(version)?.key} and ${deed.key}`);
    makers.set(version, deed);
  }
  for (let version = 2; version < versions.length; version++) {
    const deed = makers.get(version) ?? deeds.find((torn) => madeUntold(torn, version, versions));
    if (deed === undefined) faults.push(`nobody was told of version ${version}`);
    else faults.push(...faultsOfStep(deed, version, versions));
  }
  const last = versions.at(-1) ?? {};
  if (JSON.stringify(sorted(last)) !== JSON.stringify(sorted(final)))
    faults.push('the record is not what the log ends with');
  return faults;
}

function rebuild(first: JsonObject, history: readonly HistoryLine[], faults: string[]): JsonObject[] {
  const versions: JsonObject[] = [{}, first];
  for (const { version, patch } of history) {
    // A creation has no patch: there is nothing before it.
    if (version === 1) continue;
    if (version !== versions.length) faults.push(`version ${version} stands at place ${versions.length}`);
    const applied = applyJsonPatch(versions.at(-1) as JsonObject, patch);
    if (!applied.ok) faults.push(`the patch of version ${version} does not fit`);
    else versions.push(applied.value as JsonObject);
  }
  return versions;
}

/** The version that a save made; null when it was refused, changed nothing, or wrote nothing. */
function versionMadeBy({ key, way, answers }: Deed, faults: string[]): number | null {
  const stored = answers.filter(({ status }) => status === 200);
  const refused = answers.find(({ status }) => status !== 200 && status !== 409);
  if (refused !== undefined)
    faults.push(`${key} (${way}) was answered with ${refused.status}: ${JSON.stringify(refused.body)}`);
  const made = new Set(stored.map(({ body }) => Number(body['version'])));
  // Two dry runs are two previews, each of another moment.
  if (way !== 'dry run' && made.size > 1)
    faults.push(`${key} (${way}) was applied twice, as ${[...made].join(' and ')}`);
  const [first] = stored;
  if (first === undefined || way === 'dry run') return null;
  const receipt = receiptOf(stored);
  return receipt?.outcome === 'unchanged' ? null : Number(first.body['version']);
}

/** A torn request that arrived after the one that was sent again had been refused: its writer knows only of the refusal. */
function madeUntold(deed: Deed, version: number, versions: readonly JsonObject[]): boolean {
  const isRefused = deed.isTorn && deed.answers.every(({ status }) => status === 409);
  return isRefused && faultsOfStep(deed, version, versions).length === 0;
}

function faultsOfStep(deed: Deed, version: number, versions: readonly JsonObject[]): string[] {
  const [before, after] = [versions[version - 1] as JsonObject, versions[version] as JsonObject];
  const told = receiptOf(deed.answers)?.fields ?? [];
  const changed = Object.keys({ ...before, ...after }).filter(
    (field) => !['version', 'updatedAt', 'updatedBy'].includes(field) && before[field] !== after[field],
  );
  const faults = changed.flatMap((field) => {
    const change = `version ${version} by ${deed.key} (${deed.way}): ${field} ${JSON.stringify(before[field])} became ${JSON.stringify(after[field])}`;
    if (!editedFields.some((name) => name === field)) return [`protected: ${change}`];
    if (!isWanted(deed, field, after[field], versions)) return [`nobody wanted it: ${change}`];
    return wasKnown(deed, field, before[field], versions) || isTold(told, field, before[field], deed.answers)
      ? []
      : [`overwritten unseen: ${change}`];
  });
  const isLost = deed.way !== 'undo' && deed.way !== 'restore' && after[deed.field] !== deed.value;
  return isLost ? [...faults, `lost: ${deed.key} (${deed.way}) was acknowledged as version ${version}`] : faults;
}

function isWanted(deed: Deed, field: string, value: JsonValue | undefined, versions: readonly JsonObject[]): boolean {
  if (deed.way === 'restore') return field === deed.field && versions[deed.version]?.[field] === value;
  if (deed.way === 'undo') return versions[deed.version - 1]?.[field] === value;
  return field === deed.field && value === deed.value;
}

function wasKnown(deed: Deed, field: string, value: JsonValue | undefined, versions: readonly JsonObject[]): boolean {
  if (deed.way === 'undo') return versions[deed.version]?.[field] === value;
  return deed.way !== 'restore' && deed.way !== 'blind' && deed.base[field] === value;
}

/** The receipt says what was overwritten; a replayed answer has no lines, so that one whose first answer was torn stays open. */
function isTold(
  lines: readonly FieldReceipt[],
  field: string,
  value: JsonValue | undefined,
  answers: readonly Answered[],
): boolean {
  if (answers.every(({ isReplayed }) => isReplayed)) return true;
  return lines.some((line) => line.path === `/${field}` && line.status === 'overwrote' && line.theirs === value);
}

function receiptOf(answers: readonly Answered[]): Receipt | undefined {
  const first =
    answers.find(({ status, isReplayed }) => status === 200 && !isReplayed) ??
    answers.find(({ status }) => status === 200);
  return first?.body['$receipt'] as unknown as Receipt | undefined;
}

function sorted(record: JsonObject): [string, JsonValue][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
