import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real Redis for tests. */
export interface TestRedis {
  /** `Redis 7.0.15` and the like, for titles. */
  readonly version: string;
  /** Where it listens, for a client or a proxy. */
  readonly address: { readonly host: string; readonly port: number };
  /** A connection of its own; the caller ends it. */
  open(): Promise<RedisConnection>;
  stop(): Promise<void>;
}

/** A connection that sends commands, one after the other on the wire. */
export interface RedisConnection {
  send(words: readonly string[]): Promise<unknown>;
  close(): void;
}

/**
 * The Redis of `TEST_REDIS_URL`, else a `redis-server` of this machine, started without files. The reason as a text where
 * there is neither.
 */
export async function startRedis(): Promise<TestRedis | string> {
  const url = process.env['TEST_REDIS_URL'];
  if (url !== undefined) {
    const { hostname, port } = new URL(url);
    return opened({ host: hostname, port: Number(port || 6379) }, async () => undefined);
  }
  const folder = await mkdtemp(join(tmpdir(), 'redis-test-'));
  const address = { host: '127.0.0.1', port: await findFreePort() };
  const where = ['--bind', address.host, '--port', String(address.port)];
  const server = spawn('redis-server', [...where, '--save', '', '--dir', folder]);
  const failed = new Promise<string>((resolve) => {
    server.once('error', () => resolve('no redis-server, and TEST_REDIS_URL is not set'));
    server.once('exit', (code) => resolve(`redis-server ended with ${code}`));
  });
  const ready = new Promise<null>((resolve) =>
    server.stdout.on('data', (line: Buffer) => /ready to accept connections/i.test(String(line)) && resolve(null)),
  );
  const stop = async (): Promise<void> => {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  return (await Promise.race([failed, ready])) ?? opened(address, stop);
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function opened(address: TestRedis['address'], stop: () => Promise<void>): Promise<TestRedis> {
  const open = async (): Promise<RedisConnection> => {
    const socket = connect(address);
    await once(socket, 'connect');
    return speak(socket);
  };
  const first = await open();
  const version = /redis_version:(\S+)/.exec(String(await first.send(['INFO', 'server'])))?.[1] ?? '';
  first.close();
  return { version: `Redis ${version}`, address, open, stop };
}

/** RESP 2, as much of it as the tests need. */
function speak(socket: Socket): RedisConnection {
  const waiting: { resolve: (reply: unknown) => void; reject: (error: Error) => void }[] = [];
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (let parsed = parse(received, 0); parsed !== null; parsed = parse(received, 0)) {
      received = received.subarray(parsed.end);
      const one = waiting.shift();
      if (parsed.reply instanceof Error) one?.reject(parsed.reply);
      else one?.resolve(parsed.reply);
    }
  });
  socket.on('close', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('The connection to Redis is closed.'));
  });
  return {
    send: (words) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) {
          reject(new Error('The connection to Redis is closed.'));
          return;
        }
        waiting.push({ resolve, reject });
        const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
        socket.write(`*${words.length}\r\n${parts.join('')}`);
      }),
    close: () => socket.destroy(),
  };
}

/** Null while the reply is not here as a whole. */
function parse(bytes: Buffer, start: number): { readonly reply: unknown; readonly end: number } | null {
  const line = bytes.indexOf('\r\n', start);
  if (line === -1) return null;
  const text = bytes.toString('utf8', start + 1, line);
  const after = line + 2;
  switch (String.fromCharCode(bytes[start] ?? 0)) {
    case '$': {
      const end = after + Number(text);
      if (text === '-1') return { reply: null, end: after };
      return bytes.length < end + 2 ? null : { reply: bytes.toString('utf8', after, end), end: end + 2 };
    }
    case '*': {
      const items: unknown[] = [];
      let end = after;
      for (let n = 0; n < Number(text); n += 1) {
        const item = parse(bytes, end);
        if (item === null) return null;
        items.push(item.reply);
        ({ end } = item);
      }
      return { reply: items, end };
    }
    case ':':
      return { reply: Number(text), end: after };
    case '-':
      return { reply: new Error(text), end: after };
    default:
      return { reply: text, end: after };
  }
}
