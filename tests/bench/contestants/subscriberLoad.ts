import { connect, type Socket } from 'node:net';

/** What the process of the subscribers can be asked. */
export type LoadQuestion =
  | {
      readonly type: 'open';
      readonly port: number;
      readonly path: string;
      readonly count: number;
      readonly transport: 'websocket' | 'sse';
    }
  | { readonly type: 'await'; readonly events: number }
  | { readonly type: 'close' };

/** What it answers; `bytes` is the size of the last event. */
export type LoadAnswer = { readonly type: 'opened' | 'received' | 'closed'; readonly bytes: number };

/**
 * Many subscribers in one process, on bare sockets: they count events and read nothing of them, so that the servers are measured
 * and not their clients.
 */
interface Subscriber {
  readonly socket: Socket;
  readonly received: () => number;
}

let subscribers: Subscriber[] = [];
let lastBytes = 0;
let wake = (): void => {};

/** Counts the text frames of a server, which are never masked and never in parts. */
function frameCounter(): (chunk: Buffer) => number {
  let skip = 0;
  let rest = Buffer.alloc(0);
  return (chunk) => {
    let data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    rest = Buffer.alloc(0);
    let frames = 0;
    for (;;) {
      if (skip >= data.length) {
        skip -= data.length;
        return frames;
      }
      data = data.subarray(skip);
      skip = 0;
      const short = (data[1] ?? 0) & 127;
      const head = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (data.length < head) {
        rest = Buffer.from(data);
        return frames;
      }
      const length = short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short;
      if (((data[0] ?? 0) & 15) === 1) {
        frames += 1;
        lastBytes = length;
      }
      skip = head + length;
    }
  };
}

/** Counts the lines that begin an event's data; its name is never cut, because a chunk's end is kept. */
function dataCounter(): (chunk: Buffer) => number {
  const mark = Buffer.from('\ndata: ');
  let tail = Buffer.alloc(0);
  return (chunk) => {
    const data = Buffer.concat([tail, chunk]);
    let events = 0;
    let last = -1;
    for (let at = data.indexOf(mark); at !== -1; at = data.indexOf(mark, at + 1)) {
      events += 1;
      last = at;
    }
    // What was counted is not kept: a mark may only begin in the last bytes.
    tail = Buffer.from(data.subarray(Math.max(last + 1, data.length - mark.length + 1)));
    return events;
  };
}

function openOne({ port, path, transport }: LoadQuestion & { type: 'open' }): Promise<Subscriber> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    const upgrade =
      transport === 'websocket'
        ? 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'
        : 'Accept: text/event-stream\r\n';
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${upgrade}\r\n`);
    const count = transport === 'websocket' ? frameCounter() : dataCounter();
    let head = Buffer.alloc(0);
    let isOpen = false;
    let received = 0;
    const opened = (): void => resolve({ socket, received: () => received });
    socket.on('error', reject);
    socket.on('close', () => {
      // Thrown once it was open: whoever waits for events of a closed socket would wait for ever.
      if (isOpen) throw new Error(`The server closed ${path}.`);
      reject(new Error(`The server refused ${path}.`));
    });
    socket.on('data', (chunk) => {
      let data = chunk;
      if (!isOpen) {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf('\r\n\r\n');
        if (end === -1) return;
        if (!/^HTTP\/1\.1 (101|200)/.test(head.toString('latin1')))
          reject(new Error(head.subarray(0, end).toString('latin1')));
        isOpen = true;
        data = head.subarray(end + 4);
        opened();
      }
      received += count(data);
      wake();
    });
  });
}

async function take(question: LoadQuestion): Promise<LoadAnswer> {
  switch (question.type) {
    case 'open': {
      // In groups: a thousand handshakes at once wait in the backlog of the server.
      for (let left = question.count; left > 0; left -= 100) {
        const group = Array.from({ length: Math.min(100, left) }, () => openOne(question));
        subscribers.push(...(await Promise.all(group)));
      }
      return { type: 'opened', bytes: lastBytes };
    }
    case 'await': {
      let behind = 0;
      const isDone = (): boolean => {
        while (behind < subscribers.length && (subscribers[behind]?.received() ?? 0) >= question.events) behind += 1;
        return behind === subscribers.length;
      };
      while (!isDone()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return { type: 'received', bytes: lastBytes };
    }
    case 'close': {
      for (const { socket } of subscribers) {
        socket.removeAllListeners('close');
        socket.destroy();
      }
      subscribers = [];
      return { type: 'closed', bytes: lastBytes };
    }
  }
}

process.on('message', (question: LoadQuestion) => {
  take(question).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      throw error;
    },
  );
});
process.on('disconnect', () => process.exit(0));
