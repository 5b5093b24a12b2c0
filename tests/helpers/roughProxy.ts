import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** How a line between a client and the server behaves; what is left out does not happen. */
export interface Roughness {
  /** A whole number from 0 to below `limit`; seeded by the test. */
  readonly below: (limit: number) => number;
  /** Each connection is cut after a random number of bytes below this, in either direction: also within a frame. */
  readonly cutBelowBytes?: number;
  /** Bytes from the server are held until there are so many, or until `holdMs` is over, as a proxy that buffers does. */
  readonly holdBytes?: number;
  readonly holdMs?: number;
  /** A line on which nothing moved for so many milliseconds is cut. */
  readonly idleMs?: number;
}

/** A real TCP proxy that treats its connections badly. */
export interface RoughProxy {
  readonly url: string;
  /** How many connections it has cut. */
  cuts(): number;
  /** From here on it lets everything through, and cuts what is open once. */
  calm(): void;
  close(): Promise<void>;
}

/** Starts one; `target` is asked for each connection, so that a server may come back elsewhere. */
export async function startRoughProxy(target: () => string, roughness: Roughness): Promise<RoughProxy> {
  const { below, cutBelowBytes, holdBytes = 0, holdMs = 20, idleMs } = roughness;
  const open = new Set<() => void>();
  let cuts = 0;
  let isRough = true;
  const server = createServer((client: Socket) => {
    const upstream = connect(Number(new URL(target()).port), '127.0.0.1');
    const limit = (): number =>
      isRough && cutBelowBytes !== undefined ? below(cutBelowBytes) : Number.POSITIVE_INFINITY;
    const left = { up: limit(), down: limit() };
    let held: Buffer[] = [];
    let timer: NodeJS.Timeout | undefined;
    let idle: NodeJS.Timeout | undefined;
    const end = (): void => {
      if (!open.delete(end)) return;
      clearTimeout(timer);
      clearTimeout(idle);
      client.destroy();
      upstream.destroy();
    };
    const cut = (): void => {
      if (open.has(end)) cuts += 1;
      end();
    };
    open.add(end);
    const moved = (): void => {
      clearTimeout(idle);
      if (isRough && idleMs !== undefined) idle = setTimeout(cut, idleMs);
    };
    const pass = (to: Socket, way: 'up' | 'down', bytes: Buffer): void => {
      const allowed = bytes.subarray(0, Math.min(bytes.length, left[way]));
      left[way] -= bytes.length;
      to.write(allowed, left[way] < 0 ? cut : undefined);
    };
    const release = (): void => {
      clearTimeout(timer);
      timer = undefined;
      const bytes = Buffer.concat(held);
      held = [];
      if (bytes.length > 0) pass(client, 'down', bytes);
    };
    client.on('data', (bytes: Buffer) => {
      moved();
      pass(upstream, 'up', bytes);
    });
    upstream.on('data', (bytes: Buffer) => {
      moved();
      held.push(bytes);
      const size = held.reduce((sum, one) => sum + one.length, 0);
      if (!isRough || size >= holdBytes) release();
      else timer ??= setTimeout(release, holdMs);
    });
    upstream.on('end', () => {
      release();
      client.end();
    });
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = (): void => {
    for (const end of [...open]) end();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cuts: () => cuts,
    calm() {
      isRough = false;
      cutAll();
    },
    async close() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
