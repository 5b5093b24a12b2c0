import { connect } from 'node:net';

/** A TCP connection that says whatever a test wants, well formed or not. */
export interface RawSocket {
  write(bytes: string | Uint8Array): void;
  /** Everything that came so far, as text. */
  text(): string;
  /** Resolves when what came fulfils a wish; rejects when the other side ends before. */
  until(isEnough: (text: string) => boolean): Promise<string>;
  /** Stops reading for good: what comes stays in the network, and then in the server. */
  stopReading(): void;
  /** Resolves when the connection is over for both sides. */
  readonly closed: Promise<void>;
  destroy(): void;
}

/** Opens one; it answers no end of the other side by itself, as a client that leaks its sockets does not. */
export async function openRawSocket(url: string): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  let text = '';
  let hasEnded = false;
  let wake = (): void => {};
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
    wake();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      hasEnded = true;
      wake();
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    write: (bytes) => void socket.write(bytes),
    text: () => text,
    async until(isEnough) {
      while (!isEnough(text)) {
        if (hasEnded) throw new Error(`The connection ended after: ${text.slice(0, 300)}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return text;
    },
    stopReading: () => void socket.pause(),
    closed,
    destroy: () => void socket.destroy(),
  };
}

/** The head of a handshake; `without` leaves a header out, `more` adds lines. */
export function handshake(path: string, { without = '', more = '', method = 'GET', version = '1.1' } = {}): string {
  const headers: Record<string, string> = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const lines = Object.entries(headers).filter(([name]) => name !== without);
  return `${method} ${path} HTTP/${version}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}${more}\r\n`;
}
