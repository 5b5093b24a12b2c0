import { createUuid } from '../../client/createUuid.ts';

/** What a tab knows of the others: whose drafts are still being typed. */
export interface JoinedTabs {
  /** This tab, until it is closed or loaded again. */
  readonly tab: string;
  living(): Promise<ReadonlySet<string>>;
}

/** Until a tab that was asked counts as dead, where the browser itself does not say so. */
const answerMs = 300;

/**
 * From now on this tab counts as living. It holds a Web Lock, which ends with it however it ends; on plain http, where there are
 * none, it answers when it is asked.
 */
export async function joinTabs(name: string): Promise<JoinedTabs> {
  const tab = createUuid(Date.now());
  const { locks } = navigator as { readonly locks?: LockManager };
  return locks === undefined ? joinByChannel(name, tab) : joinByLock(name, tab, locks);
}

async function joinByLock(name: string, tab: string, locks: LockManager): Promise<JoinedTabs> {
  const prefix = `${name}:tab:`;
  await new Promise<void>((held) => {
    const forEver = () => {
      held();
      return new Promise<void>(() => {});
    };
    locks.request(prefix + tab, forEver).catch(() => held());
  });
  return {
    tab,
    async living() {
      const { held = [] } = await locks.query();
      return new Set(held.flatMap((lock) => (lock.name?.startsWith(prefix) ? [lock.name.slice(prefix.length)] : [])));
    },
  };
}

function joinByChannel(name: string, tab: string): JoinedTabs {
  const channel = new BroadcastChannel(name);
  let answers = new Set<string>();
  let isGone = false;
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') answers.add(data);
    else if (!isGone) channel.postMessage(tab);
  });
  // A page that the browser keeps for the way back is left; it is there again when it is shown again.
  window.addEventListener('pagehide', () => (isGone = true));
  window.addEventListener('pageshow', () => (isGone = false));
  return {
    tab,
    async living() {
      answers = new Set();
      channel.postMessage(null);
      await new Promise((resolve) => setTimeout(resolve, answerMs));
      return answers;
    },
  };
}
