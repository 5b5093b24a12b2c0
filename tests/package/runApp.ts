import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that listens, in a process of its own. */
export interface RunningApp {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a plain JavaScript file in a project and waits for its line `listening <port>`.
 *
 * Errors  a plain error with what it wrote when it ends before that
 */
export async function runApp(folder: string, file: string): Promise<RunningApp> {
  const child = spawn(process.execPath, [file], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = once(child, 'exit');
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => void (errors += chunk.toString()));
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('listening ')) continue;
    return {
      url: `http://127.0.0.1:${line.slice('listening '.length)}`,
      async stop() {
        child.kill();
        await gone;
      },
    };
  }
  throw new Error(`${file} ended before it listened:\n${errors}`);
}
