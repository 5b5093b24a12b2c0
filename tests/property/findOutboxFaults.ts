import type { SimulatedBrowser, SimulatedTab } from './outboxBrowser.ts';
import type { OutboxServer } from './outboxServer.ts';

/** One value that somebody typed; no two are the same. */
export interface TypedEdit {
  readonly value: string;
  readonly tab: SimulatedTab;
  readonly user: string;
  readonly path: string;
  readonly field: string;
  /** What the form showed in this field before. */
  readonly seen: unknown;
  readonly typedAtMs: number;
  isSettled: boolean;
  /** Typed in the last moment of its tab: no browser has time to write it. */
  isTooLate: boolean;
  /** Given up by a person: theirs was chosen. */
  isGivenUp: boolean;
  /** Its tab was wrongly taken for dead: the form there does not hear that it was stored. */
  isMoved: boolean;
}

/** Two tabs that write within such a time do so in either order: no person types in both. */
const sameMomentMs = 50;

/** Says in words what must not have happened by the end of a schedule. */
export async function findOutboxFaults(of: {
  readonly server: OutboxServer;
  readonly browser: SimulatedBrowser;
  readonly edits: readonly TypedEdit[];
  readonly resolved: ReadonlySet<string>;
  /** Nobody but one person was there: nobody may have been asked anything. */
  readonly isCalm: boolean;
}): Promise<readonly string[]> {
  const { server, browser, edits, resolved, isCalm } = of;
  const faults = [...server.faults];
  const { lines } = await browser.content();
  const open = lines.filter((line) => line.status !== 'done');
  const shown = browser.tabs.filter((tab) => tab.isAlive).flatMap((tab) => tab.service.getState().entries);
  for (const line of open) {
    const isParked = line.status === 'failed' || line.status === 'conflict';
    const isBehind = open.some((other) => other.record === line.record && other.status === 'conflict');
    if (!isParked && !isBehind) faults.push(`${line.id} is ${line.status} for ever (${JSON.stringify(line.problem)})`);
    const isOfDeafForm = (mine: unknown) => edits.some(({ value, isMoved }) => isMoved && value === mine);
    const isAskedInVain = (line.conflicts ?? []).some(
      ({ mine }) => !isOfDeafForm(mine) && server.applied.some(({ value }) => value === mine),
    );
    if (isAskedInVain || (line.method === 'POST' && isParked && server.records.has(line.record))) {
      faults.push(`${line.id} asks about what is stored`);
    }
    if (isParked && line.problem === null) faults.push(`${line.id} is parked without a reason`);
    if (line.user === 'u1' && !shown.some((entry) => entry.id === line.id)) faults.push(`${line.id} is not shown`);
  }
  for (const entry of shown) {
    if (!open.some((line) => line.id === entry.id)) faults.push(`${entry.id} is ${entry.status}, and not kept`);
  }
  const history = new Map<string, typeof server.applied>();
  for (const one of server.applied) {
    const place = `${one.path}#${one.field}`;
    const before = history.get(place) ?? [];
    if (before.some((other) => other.value === one.value || other.before === one.value)) {
      faults.push(`${String(one.value)} came back at ${place}`);
    }
    history.set(place, [...before, one]);
    const edit = edits.find(({ value }) => value === one.value);
    if (edit && edit.user !== one.user) faults.push(`${edit.value} of ${edit.user} was saved as ${String(one.user)}`);
    const isColleagues = typeof one.before === 'string' && one.before.startsWith('c');
    if (
      edit &&
      isColleagues &&
      !sawBefore(edits, edit, one.before) &&
      !resolved.has(`${String(one.before)}>/${one.field}`)
    ) {
      faults.push(`${edit.value} replaced ${String(one.before)}, which nobody had seen`);
    }
    const under = edits.find(({ value }) => value === one.before);
    const isOlder = edit && under && isOfOneField(edit, under) && under.typedAtMs - edit.typedAtMs > sameMomentMs;
    if (isOlder && !resolved.has(`${under.value}>/${one.field}`)) {
      faults.push(`${edit.value} replaced ${under.value}, which was typed later`);
    }
  }
  const isStored = (edit: TypedEdit) => server.applied.some(({ value }) => value === edit.value);
  const isKept = (edit: TypedEdit) =>
    open.some((line) => line.typed[edit.field] === edit.value || line.data[edit.field] === edit.value);
  const isSaid = (edit: TypedEdit) => isStored(edit) || isKept(edit) || edit.isGivenUp;
  for (const [at, edit] of edits.entries()) {
    // A newer edit of the field, whichever tab it came from, may take its place before it was sent; and then has to be there.
    const isReplaced = edits.slice(at + 1).some((later) => isOfOneField(later, edit) && isSaid(later));
    if (!isSaid(edit) && !isReplaced && !edit.isTooLate) faults.push(`${edit.value} is lost`);
  }
  if (isCalm && server.conflicts > 0) faults.push('somebody was in conflict with himself');
  return faults;
}

/** What was typed over an own value has seen what that one had seen. */
function sawBefore(edits: readonly TypedEdit[], edit: TypedEdit, value: unknown): boolean {
  if (edit.seen === value) return true;
  const under = edits.find((other) => other.value === edit.seen);
  return under !== undefined && sawBefore(edits, under, value);
}

function isOfOneField(left: TypedEdit, right: TypedEdit): boolean {
  return left.path === right.path && left.field === right.field && left.user === right.user;
}
