import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What `npm start` runs, from the built output, on a free port and an empty folder. */
export interface Shipped {
  readonly url: string;
  readonly token: string;
  readonly password: string;
  /** Sends with the machine's token. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Ends the process without a word, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same folder and port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Starts the shipped server and waits until it says its address. */
export async function startShipped(environment: Readonly<Record<string, string>> = {}): Promise<Shipped> {
  const folder = await mkdtemp(join(tmpdir(), 'backoffice-sync-shipped-'));
  const token = 'shipped-token-1234';
  const password = 'shipped-password-1234';
  let child: ChildProcess | null = null;
  let url = '';

  const start = async (): Promise<void> => {
    const running = spawn(process.execPath, [join(root, 'dist/backend/server/main.js')], {
      cwd: folder,
      env: {
        ...process.env,
        PORT: url === '' ? '0' : new URL(url).port,
        HOST: '127.0.0.1',
        DATA_DIR: join(folder, 'data'),
        BACKOFFICE_ADMIN_PASSWORD: password,
        BACKOFFICE_API_TOKEN: token,
        LOG_LEVEL: 'error',
        RATE_LIMIT: '0',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = running;
    let said = '';
    url = await new Promise<string>((resolve, reject) => {
      const hear = (chunk: Buffer): void => {
        said += chunk.toString();
        const address = /The (?:public site|workspace)\s+(http:\/\/[^\s/]+)/.exec(said)?.[1];
        if (address) resolve(address);
      };
      running.stdout?.on('data', hear);
      running.stderr?.on('data', hear);
      running.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${said}`)));
    });
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = null;
    if (!ending || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill(signal);
    await ended;
  };
  await start();
  return {
    get url() {
      return url;
    },
    token,
    password,
    send: (method, path, body, headers = {}) =>
      fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    kill: () => end('SIGKILL'),
    start,
    async stop() {
      await end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
