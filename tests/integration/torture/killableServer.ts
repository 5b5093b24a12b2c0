import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own that can be killed and started again on the same folder. */
export interface KillableServer {
  /** Where it listens; another port after each start. Resolves when it does, which may be after the next start. */
  url(): Promise<string>;
  /** Starts it and resolves when it listens. */
  start(): Promise<void>;
  /** Starts it and kills it while it opens its folder, so many turns of the event loop after it began. */
  startAndKill(turns: number): Promise<void>;
  /** Kills it with SIGKILL and resolves when it is gone. */
  kill(): Promise<void>;
}

const program = fileURLToPath(new URL('./savingServer.ts', import.meta.url));

/** Prepares a server for a folder; nothing runs before `start`. */
export function createKillableServer(folder: string, token: string): KillableServer {
  let child: ChildProcess | null = null;
  let current: string | null = null;
  const waiting: { resolve(url: string): void; reject(error: Error): void }[] = [];

  function launch(): { readonly lines: AsyncIterableIterator<string>; readonly gone: Promise<unknown> } {
    const started = spawn(process.execPath, ['--import', 'tsx', program, folder, token], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = started;
    // An end that nobody asked for: whoever waits for the next start would wait for ever.
    started.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') return;
      const error = new Error(`The server ended by itself with ${String(code ?? signal)}.`);
      for (const { reject } of waiting.splice(0)) reject(error);
    });
    return {
      lines: createInterface({ input: started.stdout })[Symbol.asyncIterator](),
      gone: once(started, 'exit'),
    };
  }

  return {
    url: () =>
      current !== null
        ? Promise.resolve(current)
        : new Promise((resolve, reject) => void waiting.push({ resolve, reject })),
    async start() {
      const { lines } = launch();
      for await (const line of lines) {
        if (!line.startsWith('listening ')) continue;
        current = `http://127.0.0.1:${line.slice('listening '.length)}`;
        for (const { resolve } of waiting.splice(0)) resolve(current);
        return;
      }
      throw new Error('The server ended before it listened.');
    },
    async startAndKill(turns) {
      const { lines, gone } = launch();
      await lines.next();
      await waitTurns(turns);
      child?.kill('SIGKILL');
      await gone;
    },
    async kill() {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      // Before the signal, so that a client whose connection breaks waits for the next start.
      current = null;
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Waits for so many turns of the event loop: a moment that no timer chose. */
export async function waitTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
