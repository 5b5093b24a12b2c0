import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A receiver of webhooks as a process of its own: what begins with `/dead` is never answered, everything else at once.
 *
 * It tells its port, and after `{ expect }` when so many calls came since then, at which moment the last one did.
 */
let [count, expected] = [0, Infinity];

const server = createServer((request, response) => {
  request.resume();
  if (request.url?.startsWith('/dead')) return;
  request.on('end', () => {
    response.writeHead(204).end();
    count += 1;
    if (count === expected) process.send?.({ reachedAt: performance.timeOrigin + performance.now() });
  });
});
server.keepAliveTimeout = 60_000;

process.on('message', (message: { expect: number }) => {
  [count, expected] = [0, message.expect];
  process.send?.({ isExpecting: true });
});
server.listen(0, '127.0.0.1', 4_096, () => process.send?.({ port: (server.address() as AddressInfo).port }));
