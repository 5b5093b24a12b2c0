import { open, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { LogEntry } from '../../log/entry.ts';
import { isRemovable, removedMessages } from '../../log/removedMessages.ts';
import { encodeGroup } from './groupFormat.ts';
import { damagedLog, readSegments } from './readSegments.ts';
import type { IndexedEntry } from './segmentIndex.ts';

/** A finished file of the log whose messages are all too old. */
export interface ShortenTask {
  readonly path: string;
  /** The place of the entry before its first one. */
  readonly after: number;
  /** The id of the process that owns the folder. */
  readonly owner: string;
}

/** Where an entry stands in the shorter file. */
export interface ShortenedPlace {
  readonly entry: IndexedEntry;
  readonly offset: number;
  readonly length: number;
}

const groupLines = 1_000;

/** The name under which the shorter file is written; it becomes the file when it is renamed. */
export function shortenedPath(path: string): string {
  return `${path}.tmp`;
}

/**
 * Writes files of the log once more without their messages, each beside the old one, and says where everything stands in them.
 *
 * The last message of a file is replaced by an entry that says so; changes and keys keep their lines to the letter.
 *
 * Errors  LOG_DAMAGED; those of node:fs. The old files are untouched, and nothing is left beside them
 */
export async function shortenSegments(tasks: readonly ShortenTask[]): Promise<readonly (readonly ShortenedPlace[])[]> {
  const shortened: (readonly ShortenedPlace[])[] = [];
  try {
    for (const task of tasks) shortened.push(await writeShortened(task));
    return shortened;
  } catch (error) {
    for (const { path } of tasks) {
      await rm(shortenedPath(path), { force: true }).catch(() => {
        // It is written over the next time; the error that brought us here says more.
      });
    }
    throw error;
  }
}

async function writeShortened({ path, after, owner }: ShortenTask): Promise<readonly ShortenedPlace[]> {
  const lines = await linesWithoutMessages(path);
  const file = await open(shortenedPath(path), 'w');
  try {
    const places: ShortenedPlace[] = [];
    let [size, last] = [0, after];
    for (let start = 0; start < lines.length; start += groupLines) {
      const group = lines.slice(start, start + groupLines);
      const bytes = encodeGroup(
        group.map(({ text }) => text),
        { owner, after: last },
      );
      let offset = size + bytes.indexOf(0x0a) + 1;
      for (const { entry, text } of group) {
        const length = Buffer.byteLength(text);
        places.push({ entry, offset, length });
        offset += length + 1;
        last = entry.seq;
      }
      await file.writeFile(bytes);
      size += bytes.length;
    }
    await file.sync();
    return places;
  } finally {
    await file.close();
  }
}

async function linesWithoutMessages(path: string): Promise<{ entry: IndexedEntry; text: string }[]> {
  const lines: { entry: IndexedEntry; text: string }[] = [];
  let lastRemoved: { index: number; entry: LogEntry } | null = null;
  for await (const { groups, tornTail } of readSegments(dirname(path), [basename(path)])) {
    if (tornTail !== null) throw damagedLog(path, tornTail.line, 'is not what was written there');
    for (const { text } of groups.flatMap((group) => group.lines)) {
      const entry = JSON.parse(text) as LogEntry;
      if (isRemovable(entry)) lastRemoved = { index: lines.length, entry };
      else lines.push({ entry: indexed(entry), text });
    }
  }
  if (lastRemoved !== null) {
    const entry = removedMessages(lastRemoved.entry);
    lines.splice(lastRemoved.index, 0, { entry: indexed(entry), text: JSON.stringify(entry) });
  }
  return lines;
}

/** What the index needs: records stay in the thread that read them. */
function indexed(entry: LogEntry): IndexedEntry {
  const { kind, seq, at, key } = entry;
  return { kind, seq, at, ...(key ? { key } : {}), ...(entry.kind === 'message' ? { type: entry.type } : {}) };
}
