import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SyncError } from '../../shared/problem.ts';
import { createServer, type ShippedServer } from './createServer.ts';
import { examples, type Example } from './example.ts';
import { readSettings } from './settings.ts';

/** How long saves that run are waited for when the server stops, answers that are being sent, and all of it. */
const stopLimits = { savesMs: 10_000, answersMs: 2_000, allMs: 25_000 } as const;

/** `npm start`: reads the environment, opens the store, listens, says where, and ends cleanly when asked to. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const server = createServer(settings);
  await server.sync.ready;
  const listening = server.app.listen(settings.port, settings.host);
  await new Promise<void>((resolve, reject) => {
    listening.once('listening', resolve);
    listening.once('error', reject);
  });
  server.sync.attach(listening);
  const saves = countSaves(listening);
  const { port } = listening.address() as AddressInfo;
  const host =
    settings.host === '0.0.0.0' || settings.host === '::'
      ? 'localhost'
      : settings.host.includes(':')
        ? `[${settings.host}]`
        : settings.host;
  announce(server, examples[settings.example], `http://${host}:${port}`);

  let isStopping = false;
  const stop = (signal: string): void => {
    if (isStopping) return;
    isStopping = true;
    server.logger.info({ signal }, 'stopping: running saves are finished first');
    setTimeout(() => {
      server.logger.error({ afterMs: stopLimits.allMs }, 'the stop took too long; what still ran is ended');
      process.exit(1);
    }, stopLimits.allMs).unref();
    stopAll(server, listening, saves).then(
      () => {
        process.exitCode = 0;
      },
      (error: unknown) => {
        server.logger.error({ err: error }, 'the stop failed');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
}

/** Nobody new is let in; what is being saved is stored and answered before the store closes, and streams end with it. */
async function stopAll(server: ShippedServer, listening: Server, saves: RunningSaves): Promise<void> {
  const closed = once(listening, 'close');
  listening.close();
  await Promise.race([saves.finished(), elapsed(stopLimits.savesMs)]);
  await server.close();
  // The last bytes of an answer or a stream are still on their way.
  await Promise.race([closed, elapsed(stopLimits.answersMs)]);
  listening.closeAllConnections();
}

interface RunningSaves {
  /** Resolves when none runs. */
  finished(): Promise<void>;
}

/** Requests that may change something, from their first line to the end of their answer. */
function countSaves(listening: Server): RunningSaves {
  const running = new Set<Promise<unknown>>();
  listening.prependListener('request', ({ method }, response) => {
    // A connection that is kept would bring the next request to a server that stops.
    if (!listening.listening) response.setHeader('Connection', 'close');
    if (method === 'GET' || method === 'HEAD') return;
    const ended = new Promise((resolve) => response.once('close', resolve)).finally(() => running.delete(ended));
    running.add(ended);
  });
  return {
    async finished() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref());
}

function announce(server: ShippedServer, example: Example, address: string): void {
  const lines = [`${example.pageName.padEnd(15)}   ${address}/`, `The admin panel   ${address}/admin`];
  const { password, webhook } = server.firstSecrets();
  if (password !== null)
    lines.push(
      '',
      `Sign in as admin with   ${password}`,
      'It is shown this once. BACKOFFICE_ADMIN_PASSWORD sets another one.',
    );
  if (webhook !== null) lines.push('', `${webhook.url} verifies with   ${webhook.secret}`, 'It is shown this once.');
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
}

main().catch((error: unknown) => {
  const isKnown = error instanceof SyncError || (error as NodeJS.ErrnoException | null)?.code === 'EADDRINUSE';
  process.stderr.write(
    `\nbackoffice-sync could not start.\n${isKnown && error instanceof Error ? explain(error) : String(error instanceof Error ? error.stack : error)}\n\n`,
  );
  process.exit(1);
});

function explain(error: Error): string {
  if (error instanceof SyncError) return `${error.code}: ${error.message}`;
  return `${error.message}. Another program uses this port: stop it, or set PORT to another number.`;
}
