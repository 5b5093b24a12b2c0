import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { mongo } from 'mongoose';
import { asStored, createMongoCommands, type StoredDocument } from './mongoCommands.ts';

/** A MongoDB to connect to. */
export interface MongoServer {
  readonly url: string;
  /** What it is, for titles. */
  readonly kind: string;
  stop(): Promise<void>;
}

const operation = { reply: 1, query: 2004, message: 2013 } as const;
const headerBytes = 16;

/**
 * The server of `TEST_MONGODB_URL`, else a stand-in that speaks MongoDB's wire protocol over documents in memory:
 * programs connect to it with the real driver, from processes of their own.
 */
export async function startMongoServer(): Promise<MongoServer> {
  const url = process.env['TEST_MONGODB_URL'];
  if (url !== undefined) return { url, kind: 'the server of TEST_MONGODB_URL', stop: async () => undefined };
  const run = createMongoCommands();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // A program that is killed cuts its connection: nothing is left to answer.
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= headerBytes && received.length >= received.readInt32LE(0)) {
        const length = received.readInt32LE(0);
        socket.write(answer(received.subarray(0, length), run));
        received = received.subarray(length);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/guides`,
    kind: 'a stand-in that speaks its wire protocol',
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(message: Buffer, run: (body: StoredDocument) => StoredDocument): Buffer {
  const requestId = message.readInt32LE(4);
  const code = message.readInt32LE(12);
  if (code === operation.query) {
    // flags, name of the collection, skip, limit: then the document
    const start = message.indexOf(0, headerBytes + 4) + 1 + 8;
    const preamble = Buffer.alloc(20);
    preamble.writeInt32LE(1, 16);
    return pack(requestId, operation.reply, [preamble, serialize(run(deserialize(message.subarray(start))))]);
  }
  if (code !== operation.message) throw new Error(`The operation ${code} of the wire protocol is not answered here.`);
  const flagsAndKind = Buffer.alloc(5);
  return pack(requestId, operation.message, [flagsAndKind, serialize(run(readMessage(message)))]);
}

/** The body of a message, with its sequences of documents as members. */
function readMessage(message: Buffer): StoredDocument {
  let body: StoredDocument = {};
  const sequences: StoredDocument = {};
  let at = headerBytes + 4;
  while (at < message.length) {
    const kind = message.readUInt8(at);
    const end = at + 1 + message.readInt32LE(at + 1);
    if (kind === 0) body = deserialize(message.subarray(at + 1, end));
    else {
      const nameEnd = message.indexOf(0, at + 5);
      const documents: StoredDocument[] = [];
      let start = nameEnd + 1;
      while (start < end) {
        const length = message.readInt32LE(start);
        documents.push(deserialize(message.subarray(start, start + length)));
        start += length;
      }
      sequences[message.toString('utf8', at + 5, nameEnd)] = documents;
    }
    at = end;
  }
  return { ...body, ...sequences };
}

function pack(responseTo: number, code: number, parts: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(headerBytes);
  const content = Buffer.concat(parts);
  header.writeInt32LE(headerBytes + content.length, 0);
  header.writeInt32LE(responseTo, 8);
  header.writeInt32LE(code, 12);
  return Buffer.concat([header, content]);
}

function deserialize(bytes: Buffer): StoredDocument {
  return mongo.BSON.deserialize(bytes, asStored) as StoredDocument;
}

function serialize(document: StoredDocument): Buffer {
  return Buffer.from(mongo.BSON.serialize(document));
}
