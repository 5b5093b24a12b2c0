import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A node that runs in a process of its own. */
export interface RunningNode {
  readonly port: number;
  readonly pid: number;
  /** Its exit code, or the signal that ended it; resolves when it is gone. */
  readonly gone: Promise<number | string>;
  signal(name: 'SIGKILL' | 'SIGTERM'): void;
}

/** What is run, with which arguments and environment; `portOf` finds the port in a line of its output. */
export interface NodeProgram {
  readonly program: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly portOf: (line: string) => string | undefined;
}

/** Starts one and resolves when it listens. */
export async function startNode({ program, args = [], environment, portOf }: NodeProgram): Promise<RunningNode> {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  const gone = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const lines = createInterface({ input: child.stdout });
  const port = await Promise.race([
    new Promise<string>((resolve) => {
      lines.on('line', (line) => {
        const found = portOf(line);
        if (found !== undefined) resolve(found);
      });
    }),
    gone.then((how) => Promise.reject(new Error(`The node ended with ${how} before it listened.`))),
  ]);
  return { port: Number(port), pid: child.pid as number, gone, signal: (name) => void child.kill(name) };
}
