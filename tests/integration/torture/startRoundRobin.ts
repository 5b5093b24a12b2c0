import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A balancer that gives each connection to the next node. */
export interface RoundRobin {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts one; `ports` is asked for each connection. A node that refuses the connection is passed over, one that breaks it is not. */
export async function startRoundRobin(ports: () => readonly number[]): Promise<RoundRobin> {
  const open = new Set<Socket>();
  let turn = 0;
  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  };
  const server = createServer({ pauseOnConnect: true }, (client) => {
    keep(client);
    client.on('error', () => client.destroy());
    const give = (left: number): void => {
      const living = ports();
      const port = living[(turn += 1) % Math.max(1, living.length)];
      if (left === 0 || port === undefined) return void client.destroy();
      const node = connect(port, '127.0.0.1');
      keep(node);
      let isConnected = false;
      node.on('error', () => (isConnected ? client.destroy() : give(left - 1)));
      node.once('connect', () => {
        isConnected = true;
        client.once('close', () => node.destroy());
        node.once('close', () => client.destroy());
        client.pipe(node);
        node.pipe(client);
      });
    };
    give(3);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
