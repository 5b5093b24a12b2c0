import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line between a node and its database that can go silent without closing anything. */
export interface PartitionProxy {
  readonly port: number;
  /** From here on nothing passes in either direction, and new connections get no answer. */
  partition(): void;
  /** What was held passes, as packets that are sent again do; every second connection stays dead, as behind a firewall that forgot it. */
  heal(): void;
  close(): Promise<void>;
}

interface Line {
  readonly client: Socket;
  readonly upstream: Socket;
  /** What waits for the line to be whole, in its order: bytes, and the end of a side. */
  readonly held: (() => void)[];
  isDead: boolean;
}

/** Starts one in front of a port of this machine. */
export async function startPartitionProxy(target: number): Promise<PartitionProxy> {
  const lines = new Set<Line>();
  let isSilent = false;
  // Half open: that one side ended is a packet too, and is not heard while nothing passes.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    const line: Line = { client, upstream, held: [], isDead: false };
    lines.add(line);
    const pass = (from: Socket, to: Socket): void => {
      const move = (act: () => void): void => void (isSilent || line.isDead ? line.held.push(act) : act());
      from.on('data', (bytes: Buffer) => move(() => void (to.writable && to.write(bytes))));
      from.on('end', () => move(() => void to.end()));
      from.on('error', () => move(() => void to.destroy()));
      from.on('close', () => void (client.destroyed && upstream.destroyed && lines.delete(line)));
    };
    pass(client, upstream);
    pass(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    partition() {
      isSilent = true;
    },
    heal() {
      isSilent = false;
      for (const [index, line] of [...lines].entries()) {
        line.isDead = index % 2 === 1;
        if (!line.isDead) for (const act of line.held.splice(0)) act();
      }
    },
    async close() {
      for (const { client, upstream } of lines) for (const socket of [client, upstream]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
