import { followLine, giveWay } from './followLine.ts';
import { createUuid } from '../createUuid.ts';
import type { PendingSave } from '../pendingSave.ts';
import { createKeptSave, printOf, toLine, type KeptSave } from './keptSave.ts';
import type { Lines, OpenedOutbox } from './createLines.ts';
import type { OutboxHost } from './outbox.ts';
import { toPendingSave, type OutboxLine } from './outboxLine.ts';
import { takePlaces } from './placeFields.ts';
import { sweepLines } from './sweepLines.ts';
import type { SyncProblem } from '../SyncRequestError.ts';

/** What a page does about the lines of others. */
export interface Look {
  /** Takes over what dead tabs have left, gives up what is no longer this page's, and follows what others have stored. */
  look(): Promise<void>;
  /** Moves a save that is about to be sent onto what other tabs have stored before it. */
  follow(kept: KeptSave, lines: readonly OutboxLine[]): void;
  /** Takes from older saves of this page what newer ones of other tabs have set. */
  yieldToNewer(lines: readonly OutboxLine[]): void;
  close(): void;
}

/** Until the next look, in case that nothing is told. */
const lookEveryMs = 2000;

const moved: SyncProblem = { code: 'MOVED', title: 'The save is kept, and goes on elsewhere', status: 0 };

/** Looks at what other tabs have written, again and again while there is something. */
export function createLook(of: {
  readonly host: OutboxHost;
  readonly opening: Promise<OpenedOutbox>;
  readonly lines: Lines;
  readonly onLooked: () => void;
}): Look {
  const { host, opening, lines } = of;
  const { all, tab } = lines;
  let [isAsked, isClosed] = [false, false];
  let looking: Promise<void> = Promise.resolve();
  let stopTimer = () => {};

  /** `line` as another tab has it; what was typed here since goes on as a save of its own. */
  const drop = (kept: KeptSave, line: OutboxLine | undefined): void => {
    const { save } = kept;
    if (!kept.isAdopted) lines.renew();
    all.delete(save);
    host.queue().discard(save.id, moved);
    const hasTypedOn = save.request === null && line && JSON.stringify(line.typed) !== JSON.stringify(save.typed);
    if (!hasTypedOn || kept.user !== lines.session().user) return;
    const nowMs = host.clock.now();
    const again = { ...toPendingSave(toLine(kept, tab, 0)), id: createUuid(nowMs), key: createUuid(nowMs) };
    // As of a tab of its own: it has to follow what becomes of the other one.
    const copy = take({ ...again, status: 'waiting', problem: null }, createUuid(nowMs), kept.user);
    Object.assign(copy.places, kept.places);
    for (const [name, print] of kept.placed) copy.placed.set(name, print);
  };
  const take = (save: PendingSave, origin: string, user: string | null): KeptSave => {
    const kept = createKeptSave(save, { user, origin, isAdopted: true });
    all.set(save, kept);
    // A chain of its own, as if the other tab lived on here: in its forms nobody saw what was typed in this one.
    const added = host.queue().add(save, `${save.record} ${origin}`, false);
    added.catch(() => undefined); // Nobody of this page waits for it; the state shows how it ends.
    return kept;
  };

  /** The answers of other tabs that a save has not followed, in order. */
  const unfollowed = (kept: KeptSave, found: readonly OutboxLine[]): readonly OutboxLine[] =>
    found.filter(
      (line) =>
        line.status === 'done' &&
        line.user === kept.user &&
        line.record === kept.save.record &&
        line.origin !== kept.origin &&
        !kept.followed.has(line.id),
    );
  const follow: Look['follow'] = (kept, found) => {
    for (const done of unfollowed(kept, found)) {
      kept.followed.add(done.id);
      followLine(kept.save, done);
    }
  };
  const yieldToNewer: Look['yieldToNewer'] = (found) => {
    for (const kept of lines.queued().flatMap((save) => all.get(save) ?? [])) {
      for (const done of unfollowed(kept, found)) {
        if (giveWay(kept, done, host.clock.now())) host.queue().discard(kept.save.id);
      }
    }
  };

  const adopt = (line: OutboxLine): void => {
    const kept = take(toPendingSave(line), line.origin, line.user);
    takePlaces(kept, line.places);
    for (const id of line.followed) kept.followed.add(id);
    kept.written = printOf(kept);
  };

  const sweep = async (): Promise<void> => {
    isAsked = false;
    await lines.flush();
    const { tabs } = await opening;
    let written: readonly KeptSave[] = [];
    const found = await sweepLines({
      change: (record, work) =>
        lines.change(record, (content) => {
          // At this moment: what is written later is not in what is read here.
          written = [...all.values()].filter((kept) => kept.written !== null);
          return work(content);
        }),
      tabs,
      tab,
      user: lines.user(),
      nowMs: host.clock.now(),
      isKept: (line) =>
        [...all.values()].some((kept) => kept.save.record === line.record && kept.origin === line.origin),
    });
    if (isClosed) return;
    for (const line of found.adopted) adopt(line);
    const known = new Map(found.lines.map((line) => [line.id, line]));
    for (const kept of written) {
      if (all.get(kept.save) !== kept || !lines.queued().includes(kept.save)) continue;
      const line = known.get(kept.save.id);
      if (line?.owner !== tab || kept.user !== lines.session().user) drop(kept, line);
    }
    yieldToNewer(found.lines);
    of.onLooked();
    stopTimer();
    if (found.hasOthers) stopTimer = host.clock.after(lookEveryMs, () => void look());
    await lines.flush();
  };
  const look = (): Promise<void> => {
    if (isAsked || isClosed) return looking;
    isAsked = true;
    looking = looking.then(sweep).catch(() => {
      lines.fail();
      if (!isClosed) stopTimer = host.clock.after(lookEveryMs, () => void look());
    });
    return looking;
  };

  return {
    look,
    follow,
    yieldToNewer,
    close() {
      isClosed = true;
      stopTimer();
    },
  };
}
