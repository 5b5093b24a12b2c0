/** The wish that somebody signs in again, raised anywhere and answered by one dialog. */

/** An external store: wanted or not, and who waits for it. */
export interface SignInRequest {
  /** Opens the dialog; asking twice opens it once. */
  readonly ask: () => void;
  /** Opens the dialog and resolves when somebody has signed in. */
  readonly wait: () => Promise<void>;
  /** Tells everybody who waits that a session exists again. */
  readonly done: () => void;
  readonly isWanted: () => boolean;
  readonly subscribe: (listener: () => void) => () => void;
}

/** Makes a request that nobody has raised. */
export function createSignInRequest(): SignInRequest {
  const listeners = new Set<() => void>();
  let waiting: (() => void)[] = [];
  let wanted = false;
  const set = (next: boolean) => {
    if (wanted === next) return;
    wanted = next;
    for (const listener of listeners) listener();
  };
  return {
    ask: () => set(true),
    wait: () => {
      set(true);
      return new Promise((resolve) => waiting.push(resolve));
    },
    done: () => {
      const resumed = waiting;
      waiting = [];
      set(false);
      for (const resume of resumed) resume();
    },
    isWanted: () => wanted,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
