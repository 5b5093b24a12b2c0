import { connect as connectPlain } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { ok, type CheckLine } from './checkLine.ts';

const deadlineMs = 3_000;

/**
 * Whether what REDIS_URL names speaks like a Redis; no line where it is not set.
 *
 * `PING` without a password: an answer that asks for one shows as well that a Redis is there, and no password travels.
 *
 * Errors  an Error that says what came instead
 */
export async function checkRedis(url: string | undefined): Promise<readonly CheckLine[]> {
  if (url === undefined) return [];
  if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol))
    throw new Error('REDIS_URL is no address such as redis://host:6379');
  const { hostname, port, protocol } = new URL(url);
  const to = { host: hostname.replaceAll(/^\[|\]$/g, ''), port: Number(port || 6379) };
  const answer = await ask(protocol === 'rediss:' ? () => connectSecure(to) : () => connectPlain(to));
  if (/^(\+PONG|-NOAUTH|-ERR.*auth)/i.test(answer)) return [ok('redis', `${to.host}:${to.port} answers`)];
  throw new Error(`${to.host}:${to.port} does not answer like a Redis`);
}

function ask(open: () => ReturnType<typeof connectPlain>): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = open();
    const end = (): void => void socket.destroy();
    socket.setTimeout(deadlineMs, () => {
      reject(new Error('no answer within 3 seconds'));
      end();
    });
    socket.once('error', (error) => {
      reject(error);
      end();
    });
    socket.once('data', (bytes) => {
      resolve(bytes.toString('latin1'));
      end();
    });
    socket.once('close', () => reject(new Error('the connection was closed without an answer')));
    socket.write('PING\r\n');
  });
}
