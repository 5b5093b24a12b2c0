import { WebSocket } from 'ws';

/** A frame as it came. */
export type Frame = Record<string, unknown> & { readonly type: string };

/** An open socket that a test reads from and speaks over. */
export interface OpenSocket {
  say(frame: unknown): void;
  /** The next frame of one of these types; others that came before it are dropped. */
  next(...types: readonly string[]): Promise<Frame>;
  /** The next frames of this type. */
  take(count: number, type: string): Promise<readonly Frame[]>;
  /** Every frame that came and was not taken. */
  rest(): readonly Frame[];
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  /** Ends the connection without a close frame, as a cut does. */
  cut(): void;
  /** Stops reading, as a slow client does. */
  pause(): void;
  resume(): void;
}

/** Opens a socket with plain `ws`: no client of ours in between. Rejects when the handshake is refused, with its status. */
export async function openSocket(url: string, headers: Record<string, string> = {}): Promise<OpenSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers });
  const frames: Frame[] = [];
  let wake = (): void => {};
  let isClosed = false;
  socket.on('message', (data) => {
    frames.push(JSON.parse(String(data)) as Frame);
    wake();
  });
  const closed = new Promise<number>((resolve) => {
    socket.once('close', (code) => {
      isClosed = true;
      resolve(code);
      wake();
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_request, response) =>
      reject(new Error(`The handshake was refused with ${response.statusCode}.`)),
    );
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);

  async function next(...types: readonly string[]): Promise<Frame> {
    for (;;) {
      const index = frames.findIndex(({ type }) => types.includes(type));
      const found = index === -1 ? undefined : frames.splice(0, index + 1).at(-1);
      if (found) return found;
      if (isClosed) throw new Error(`The socket closed before a frame of ${types.join(', ')} came.`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  return {
    say: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    next,
    async take(count, type) {
      const taken: Frame[] = [];
      while (taken.length < count) taken.push(await next(type));
      return taken;
    },
    rest: () => frames.splice(0),
    closed,
    cut: () => socket.terminate(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  };
}
