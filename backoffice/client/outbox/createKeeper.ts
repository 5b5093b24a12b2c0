import { buildSaveRequest } from '../buildSaveRequest.ts';
import { createLines, type Lines, type OpenedOutbox } from './createLines.ts';
import { createLook } from './createLook.ts';
import { judgeTurn, maySend, type TurnVerdict } from './judgeTurn.ts';
import { answerOf, printOf, toLine, type KeptSave } from './keptSave.ts';
import type { OutboxHost } from './outbox.ts';
import { placeFields } from './placeFields.ts';
import type { SaveKeeper } from './saveKeeper.ts';

/** The keeper of one page, as its outbox works with it. */
export interface OutboxKeeper extends SaveKeeper, Pick<Lines, 'change' | 'flush' | 'setUser'> {
  /** Looks at what other tabs have written and left. */
  look(): Promise<void>;
}

/** Until a save that waits for its turn asks again, in case that nothing is told. */
const askEveryMs = 2000;

/**
 * Keeps the saves of one page in the store, and fits them in among those of other tabs.
 *
 * The queue is the truth of this page and the store that of the browser: after each change of the queue the lines that differ
 * are written. A line has one writer, its owner; what others need of it (that it was stored, and the answer) stays until they
 * have followed it.
 */
export function createKeeper(host: OutboxHost, opening: Promise<OpenedOutbox>, tab: string): OutboxKeeper {
  const wakes = new Set<() => void>();
  const wake = (): void => {
    for (const one of [...wakes]) one();
  };
  let isClosed = false;
  const lines = createLines({ host, opening, tab, onWritten: wake, onSession: () => void others.look() });
  const others = createLook({ host, opening, lines, onLooked: wake });

  const open = async (): Promise<void> => {
    const { tabs } = await opening;
    if (isClosed) return;
    // A tab that cannot say that it lives is taken for dead: others send its saves, with the same keys.
    await tabs.join(tab).catch(lines.fail);
    tabs.listen(() => void others.look());
    await others.look();
    host.publish();
  };
  const opened = open();

  return {
    change: lines.change,
    flush: lines.flush,
    setUser: lines.setUser,
    look: others.look,
    isDurable: lines.isDurable,
    changed() {
      if (isClosed) return;
      for (const save of lines.queued()) lines.keep(save);
      void opened.then(lines.flush);
    },
    saved(save, result) {
      const kept = lines.keep(save);
      kept.answer = answerOf(result, host.clock.now());
      return !kept.isAdopted;
    },
    async admit(save) {
      const kept = lines.keep(save);
      await opened;
      for (;;) {
        await lines.flush();
        if (save.gone.signal.aborted || isClosed || hasEarlier(kept)) return false;
        const verdict = await ask(kept);
        if (verdict === 'go') return true;
        if (verdict === 'lost') {
          // A look takes it out of the queue.
          await others.look();
          return false;
        }
        await nextWake(save.gone.signal);
      }
    },
    detains(save, answer) {
      if (answer.kind !== 'refused' || answer.problem.status !== 401) return false;
      save.status = 'waiting';
      save.problem = answer.problem;
      const { turn, isExpired } = lines.session();
      // An answer from before the last sign-in says nothing about this session.
      if (lines.keep(save).turn === turn && !isExpired) {
        lines.expire();
        host.onProblem(answer.problem);
      }
      host.publish();
      return true;
    },
    close() {
      isClosed = true;
      others.close();
      wake();
      const leave = async (): Promise<void> => {
        const { tabs, store } = await opening;
        tabs.leave();
        store.close();
      };
      void lines.close().then(leave);
    },
  };

  /** Asks for the turn; with it the request is frozen, and written in the same moment. */
  async function ask(kept: KeptSave): Promise<TurnVerdict> {
    const { save } = kept;
    let print = kept.written;
    try {
      const verdict = await lines.change<TurnVerdict>(save.record, (content) => {
        placeFields(kept, content.lines);
        const verdict = judgeTurn(kept, content, { tab, user: lines.user() });
        if (verdict === 'go') others.yieldToNewer(content.lines);
        // Given up while it asked; or newer saves of another tab have left nothing of it.
        if (verdict !== 'go' || save.gone.signal.aborted) return { value: save.gone.signal.aborted ? 'wait' : verdict };
        others.follow(kept, content.lines);
        freeze(kept);
        print = printOf(kept);
        const line = content.lines.find(({ id }) => id === save.id);
        return { value: verdict, put: [toLine(kept, tab, line?.order ?? 0)] };
      });
      kept.written = print;
      return verdict;
    } catch {
      // Nothing can be written: the page sends from memory, as its state says.
      const session = lines.session();
      // Where nothing was ever read, this page alone knows who is signed in.
      const known = session.turn === 0 ? { ...session, user: lines.user() } : session;
      if (!maySend(kept.user, known, lines.user())) return 'wait';
      freeze(kept);
      return 'go';
    }
  }

  /** From here on body and key stay as they are. */
  function freeze(kept: KeptSave): void {
    const { save } = kept;
    kept.turn = lines.session().turn;
    if (save.problem?.status === 401) save.problem = null;
    save.status = 'sending';
    save.request ??= buildSaveRequest(save);
  }

  /** A chain sends in its order, also when a save that had failed comes back while a later one waits for its turn. */
  function hasEarlier(kept: KeptSave): boolean {
    for (const other of lines.queued()) {
      if (other === kept.save) return false;
      if (other.record === kept.save.record && other.status === 'waiting' && isOneChain(lines.keep(other), kept))
        return true;
    }
    return false;
  }

  function nextWake(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        stop();
        wakes.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const stop = host.clock.after(askEveryMs, done);
      wakes.add(done);
      signal.addEventListener('abort', done);
    });
  }
}

/** What is typed in a page is one chain there, whatever becomes of parts of it; what it has taken over has chains of its own. */
function isOneChain(left: KeptSave, right: KeptSave): boolean {
  return left.isAdopted === right.isAdopted && (!left.isAdopted || left.origin === right.origin);
}
