import { open } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import express from 'express';
import { WebSocketServer, type WebSocket } from 'ws';
import { contestantArguments, serveContestant } from './serveContestant.ts';

/** The least that telling can be: one buffer, made once, sent to every socket. Nobody is asked what he may see, and nobody can come back. */
const { folder } = contestantArguments();
const sockets = new WebSocketServer({ noServer: true });
/** Those who are told; others are only connected. */
const followers = new Set<WebSocket>();
const file = await open(join(folder, 'saves.jsonl'), 'a');

function broadcast(event: Buffer): void {
  for (const socket of followers) socket.send(event, { binary: false });
}

const app = express();
app.use(express.json());
app.patch('/api/members/:id', async (request, response) => {
  const saved = Buffer.from(JSON.stringify(request.body));
  await file.write(saved);
  await file.datasync();
  broadcast(saved);
  response.json({});
});

await serveContestant(app, {
  fill: () => Promise.resolve(),
  async tell(count, bytes) {
    const event = Buffer.alloc(bytes, 'x');
    for (let told = 0; told < count; told += 1) {
      broadcast(event);
      // What the sockets cannot take at once is written in between, as it is between two saves.
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
  attach(server: Server) {
    server.on('upgrade', (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (client) => {
        if (request.url?.startsWith('/idle')) return;
        followers.add(client);
        client.once('close', () => followers.delete(client));
        // A late one is sent what it asks for, as fast as its socket takes it.
        const [late, bytes] = (new URL(request.url ?? '/', 'http://peer').searchParams.get('late') ?? '0,0').split(',');
        const event = Buffer.alloc(Number(bytes), 'x');
        let left = Number(late);
        const next = (): void => {
          for (; left > 0; left -= 1) {
            client.send(event, { binary: false });
            if (client.bufferedAmount < 65_536) continue;
            left -= 1;
            setImmediate(next);
            return;
          }
        };
        next();
      }),
    );
  },
});
