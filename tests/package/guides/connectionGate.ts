import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a database that can hold one message back: so a test decides which of two processes is faster. */
export interface ConnectionGate {
  readonly port: number;
  /** The next message to the database that has this text in it waits, and whatever its connection sends after it. */
  hold(text: string): HeldMessage;
  close(): Promise<void>;
}

/** A message that is on its way to the database. */
export interface HeldMessage {
  /** Ends when the message has come and waits. */
  readonly arrived: Promise<void>;
  release(): void;
}

/**
 * Passes connections on to a database that listens somewhere else.
 *
 * Limits  a text that is cut by two packets is not found; the messages of these tests are smaller than one
 */
export async function createConnectionGate(target: {
  readonly host: string;
  readonly port: number;
}): Promise<ConnectionGate> {
  const sockets = new Set<Socket>();
  let awaited: { readonly text: string; readonly arrive: (release: () => void) => void } | null = null;

  const server = createServer((client) => {
    const database = connect(target);
    for (const socket of [client, database]) {
      sockets.add(socket);
      // Either side may be killed at any time; the other one is closed with it.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        database.destroy();
      });
    }
    database.on('data', (chunk) => client.write(chunk));
    client.on('data', (chunk) => {
      if (awaited === null || !chunk.includes(awaited.text)) {
        database.write(chunk);
        return;
      }
      const { arrive } = awaited;
      awaited = null;
      client.pause();
      arrive(() => {
        database.write(chunk);
        client.resume();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    hold(text) {
      let open: () => void = () => undefined;
      const arrived = new Promise<void>((resolve) => {
        awaited = {
          text,
          arrive(release) {
            open = release;
            resolve();
          },
        };
      });
      return { arrived, release: () => open() };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
