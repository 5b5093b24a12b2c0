import { mongo } from 'mongoose';

/** A document with the types that it has in MongoDB: nothing is turned into a JavaScript number or text. */
export type StoredDocument = Record<string, unknown>;

type Command = (body: StoredDocument) => StoredDocument;

/** What a filter and an update of these tests may use; anything else is refused, so that no test passes by chance. */
const known = { filter: ['$eq'], update: ['$set', '$setOnInsert', '$inc', '$unset'] };

/**
 * Answers the commands of MongoDB that a small application sends, over documents in memory.
 *
 * Shape   command and answer are documents of the wire protocol; one command at a time, as one statement is in a database
 * Limits  equality filters and `$set`, `$setOnInsert`, `$inc`, `$unset` of top-level fields; everything else answers `ok: 0`
 */
export function createMongoCommands(): (body: StoredDocument) => StoredDocument {
  const collections = new Map<string, StoredDocument[]>();
  const documentsOf = (name: unknown): StoredDocument[] => {
    const documents = collections.get(String(name)) ?? [];
    collections.set(String(name), documents);
    return documents;
  };
  const namespace = (body: StoredDocument, name: unknown) => `${String(body['$db'])}.${String(name)}`;
  const find = (body: StoredDocument, name: unknown, filter: unknown) =>
    documentsOf(namespace(body, name)).filter((document) => isMatch(document, filter as StoredDocument));

  const commands: Readonly<Record<string, Command>> = {
    hello: greet,
    ismaster: greet,
    isMaster: greet,
    ping: () => ({}),
    endSessions: () => ({}),
    createIndexes: () => ({}),
    create: () => ({}),
    dropDatabase: (body) => {
      for (const name of collections.keys()) if (name.startsWith(`${String(body['$db'])}.`)) collections.delete(name);
      return {};
    },
    insert: (body) => {
      const added = body['documents'] as StoredDocument[];
      documentsOf(namespace(body, body['insert'])).push(...added.map((document) => structured(document)));
      return { n: added.length };
    },
    find: (body) => {
      const found = find(body, body['find'], body['filter']);
      const limit = Number(body['limit'] ?? 0);
      return {
        cursor: {
          id: mongo.Long.ZERO,
          ns: namespace(body, body['find']),
          firstBatch: limit ? found.slice(0, limit) : found,
        },
      };
    },
    update: (body) => {
      const counts = (body['updates'] as StoredDocument[]).map(({ q, u, upsert }) => {
        if (upsert) throw new Error('upsert is not answered here');
        const found = find(body, body['update'], q).slice(0, 1);
        return found.filter((document) => change(document, u as StoredDocument)).length;
      });
      const matched = counts.reduce((sum, count) => sum + count, 0);
      return { n: matched, nModified: matched };
    },
    findAndModify: (body) => {
      if (body['upsert'] || body['remove']) throw new Error('upsert and remove are not answered here');
      const [document] = find(body, body['findAndModify'], body['query']);
      const before = document ? structured(document) : null;
      if (document) change(document, body['update'] as StoredDocument);
      const value = body['new'] ? (document ?? null) : before;
      return { value, lastErrorObject: { n: document ? 1 : 0, updatedExisting: document !== undefined } };
    },
  };

  return (body) => {
    const [name = ''] = Object.keys(body);
    const command = commands[name];
    if (!command) return { ok: 0, code: 59, codeName: 'CommandNotFound', errmsg: `no such command: ${name}` };
    try {
      return { ...command(body), ok: 1 };
    } catch (error) {
      return { ok: 0, code: 2, codeName: 'BadValue', errmsg: error instanceof Error ? error.message : String(error) };
    }
  };
}

/** A single server without a replica set, of the version 7. */
function greet(): StoredDocument {
  return {
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    minWireVersion: 0,
    maxWireVersion: 21,
    readOnly: false,
  };
}

function isMatch(document: StoredDocument, filter: StoredDocument): boolean {
  return Object.entries(filter).every(([name, wanted]) => {
    if (name.startsWith('$')) throw new Error(`the filter ${name} is not answered here`);
    const operators = isPlain(wanted) ? Object.keys(wanted).filter((key) => key.startsWith('$')) : [];
    const unknown = operators.find((operator) => !known.filter.includes(operator));
    if (unknown !== undefined) throw new Error(`the filter ${unknown} is not answered here`);
    return isSame(document[name], operators.length > 0 ? (wanted as StoredDocument)['$eq'] : wanted);
  });
}

function change(document: StoredDocument, update: StoredDocument): boolean {
  for (const [operator, fields] of Object.entries(update)) {
    if (!known.update.includes(operator)) throw new Error(`the update ${operator} is not answered here`);
    for (const [name, value] of Object.entries(fields as StoredDocument)) {
      if (name.includes('.')) throw new Error('a path in an update is not answered here');
      if (name === '_id' && !isSame(document['_id'], value)) throw new Error("the immutable field '_id' was altered");
      if (operator === '$set') document[name] = value;
      if (operator === '$unset') delete document[name];
      if (operator === '$inc') document[name] = new mongo.Int32(Number(document[name] ?? 0) + Number(value));
    }
  }
  return true;
}

function isPlain(value: unknown): value is StoredDocument {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** The same bytes: 1 as a whole number and 1 as a text are two values. */
function isSame(one: unknown, other: unknown): boolean {
  return Buffer.from(mongo.BSON.serialize({ one })).equals(Buffer.from(mongo.BSON.serialize({ one: other })));
}

/** A copy with every type of the database. */
function structured(document: StoredDocument): StoredDocument {
  return mongo.BSON.deserialize(mongo.BSON.serialize(document), asStored);
}

/** Keeps whole numbers, long ones and decimals apart. */
export const asStored = { promoteValues: false, promoteLongs: false, promoteBuffers: false } as const;
