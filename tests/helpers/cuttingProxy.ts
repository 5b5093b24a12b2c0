import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Something between a client and a server that breaks connections. */
export interface CuttingProxy {
  readonly url: string;
  /** Ends every connection at once. */
  cutAll(): void;
  /** Each further connection ends after so many bytes from the server; each number for one of them. */
  cutAfter(bytes: readonly number[]): void;
  close(): Promise<void>;
}

/** Starts one in front of a server on this machine. */
export async function startCuttingProxy(url: string): Promise<CuttingProxy> {
  const target = Number(new URL(url).port);
  const pairs = new Set<() => void>();
  const cuts: number[] = [];
  const server = createServer((client: Socket) => {
    const upstream = connect(target, '127.0.0.1');
    const end = () => {
      pairs.delete(end);
      client.destroy();
      upstream.destroy();
    };
    pairs.add(end);
    let left = cuts.shift() ?? Number.POSITIVE_INFINITY;
    upstream.on('data', (bytes: Buffer) => {
      if (bytes.length <= left) client.write(bytes);
      else client.write(bytes.subarray(0, left), end);
      left = Math.max(0, left - bytes.length);
    });
    client.pipe(upstream);
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = () => {
    for (const end of pairs) end();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutAll,
    cutAfter: (bytes) => void cuts.push(...bytes),
    async close() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
