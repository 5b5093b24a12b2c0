import { appendFile, mkdir, readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { SyncError } from '../../../shared/problem.ts';
import {
  isFailedRow,
  toDeliveryRow,
  type DeliveryDetail,
  type DeliveryLog,
  type DeliveryRow,
  type OnDeliveryLoss,
} from '../../log/deliveryLog.ts';
import { createLineWriter } from './createLineWriter.ts';
import { createLatestRows } from './latestRows.ts';
import { cutTornEnd, lineAt, linesBackwards } from './linesBackwards.ts';

/** Limits of the files, in bytes. */
const limits = {
  /** What waits to be written; beyond it rows are dropped and reported. */
  waitingBytes: 8 * 1024 * 1024,
  /** A day's file up to which rows carry what travelled; beyond it they are told without. */
  detailedDayBytes: 256 * 1024 * 1024,
  /** A day's file. */
  dayBytes: 1024 * 1024 * 1024,
  /** What one page of a list may cost to read, and what the newest rows of a record may. */
  pageBytes: 64 * 1024 * 1024,
  latestBytes: 4 * 1024 * 1024,
} as const;

/** How long rows gather before they are written, in milliseconds. */
const gatherMs = 20;

interface Waiting {
  readonly day: string;
  readonly line: string;
  readonly bytes: number;
}

/**
 * The deliveries of the embedded store: `deliveries/<day>.jsonl`, one line an attempt, a file for each day (UTC).
 *
 * In memory is what waits to be written, and the newest rows of records, up to a bound: the id of a row is its day and its place in that file, so that one
 * row is one read, and lists are read from the end.
 *
 * Errors  FOLDER_UNUSABLE when the folder cannot be made or read
 */
export async function openDeliveryFiles(options: {
  readonly folder: string;
  readonly now: () => number;
  readonly onWarning: (message: string) => void;
  readonly onLoss: OnDeliveryLoss;
}): Promise<DeliveryLog> {
  const { folder, now, onLoss } = options;
  const pathOf = (day: string): string => join(folder, `${day}.jsonl`);
  const sizes = new Map<string, number>();
  const latest = createLatestRows();
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let writing: Promise<void> | null = null;
  const dayOf = createDayOf();
  const toLine = createLineWriter();

  async function days(): Promise<readonly string[]> {
    const names = (await readdir(folder)).flatMap((name) => /^(\d{8})\.jsonl$/.exec(name)?.[1] ?? []);
    return names.sort().reverse();
  }

  async function prepare(): Promise<void> {
    await mkdir(folder, { recursive: true });
    for (const day of await days()) sizes.set(day, await cutTornEnd(pathOf(day), options.onWarning));
  }

  async function write(): Promise<void> {
    // A moment, so that the attempts of a burst are one write; whoever reads or closes waits for it.
    await new Promise((resolve) => setTimeout(resolve, gatherMs));
    while (waiting.length > 0) {
      const { day } = waiting[0] as Waiting;
      const count = waiting.findIndex((one) => one.day !== day);
      const group = waiting.splice(0, count === -1 ? waiting.length : count);
      const bytes = Buffer.from(group.map(({ line }) => line).join(''));
      waitingBytes -= bytes.length;
      try {
        await appendFile(pathOf(day), bytes);
      } catch (error) {
        // What was written of it would leave a torn line in the middle; ids of later rows count from the cut.
        const written = bytes.length + waiting.reduce((sum, one) => sum + (one.day === day ? one.bytes : 0), 0);
        const size = (sizes.get(day) ?? 0) - written;
        await truncate(pathOf(day), size).catch(() => undefined);
        const lost = group.length + waiting.length;
        [waiting, waitingBytes] = [[], 0];
        sizes.set(day, size);
        onLoss(lost, error);
      }
    }
    writing = null;
  }

  async function read<Result>(work: () => Promise<Result>): Promise<Result> {
    await writing;
    try {
      return await work();
    } catch (cause) {
      throw new SyncError('STORE_UNAVAILABLE', 'The log of deliveries could not be read.', { cause });
    }
  }

  /** Rows from the newest to the oldest, until `take` has enough or so much is read; says where it stopped. */
  async function walk(before: Place | null, maxBytes: number, take: (detail: DeliveryDetail) => boolean) {
    let left = maxBytes;
    for (const day of await days()) {
      if (before !== null && day > before.day) continue;
      const end = before?.day === day ? before.offset : (sizes.get(day) ?? 0);
      for await (const { offset, text } of linesBackwards(pathOf(day), end)) {
        left -= Buffer.byteLength(text);
        const detail = parse(text);
        if (detail !== null && take(detail)) return formatPlace({ day, offset });
        if (left < 0) return formatPlace({ day, offset });
      }
    }
    return null;
  }

  await prepare().catch((cause: unknown) => {
    throw new SyncError('FOLDER_UNUSABLE', `The folder ${folder} cannot be used: ${String(cause)}.`, { cause });
  });

  return {
    add(detail) {
      const day = dayOf(now());
      const offset = sizes.get(day) ?? 0;
      const id = formatPlace({ day, offset });
      latest.note(id, detail);
      const line = `${toLine(id, detail, offset < limits.detailedDayBytes)}\n`;
      const bytes = Buffer.byteLength(line);
      if (waitingBytes + bytes > limits.waitingBytes || offset + bytes > limits.dayBytes) {
        onLoss(
          1,
          new Error(offset + bytes > limits.dayBytes ? 'The file of the day is full.' : 'The disk is too slow.'),
        );
        return id;
      }
      sizes.set(day, offset + bytes);
      waiting.push({ day, line, bytes });
      waitingBytes += bytes;
      writing ??= write();
      return id;
    },
    list: (endpoint, { limit, before, outcome }) =>
      read(async () => {
        const rows: DeliveryRow[] = [];
        const from = before === undefined ? null : parsePlace(before);
        const next = await walk(from, limits.pageBytes, (detail) => {
          if (detail.endpoint === endpoint && (outcome === undefined || isFailedRow(detail)))
            rows.push(toDeliveryRow(detail));
          return rows.length >= limit;
        });
        return { rows, next };
      }),
    get: (endpoint, id) =>
      read(async () => {
        const place = parsePlace(id);
        if (place === null || place.offset >= (sizes.get(place.day) ?? 0)) return null;
        const detail = parse(await lineAt(pathOf(place.day), place.offset));
        return detail !== null && detail.id === id && detail.endpoint === endpoint ? withParts(detail) : null;
      }),
    latestOf: (resource, recordId) =>
      read(async () => {
        const found = new Map<string, DeliveryRow>();
        await walk(null, limits.latestBytes, (detail) => {
          if (detail.resource === resource && detail.recordId === recordId && !found.has(detail.endpoint))
            found.set(detail.endpoint, toDeliveryRow(detail));
          return false;
        });
        // Rows of before the start are read; those that were made since stand in memory, however much came after them.
        for (const row of latest.of(resource, recordId)) found.set(row.endpoint, row);
        return [...found.values()];
      }),
    removeBefore: (time) =>
      read(async () => {
        const oldest = new Date(time).toISOString().slice(0, 10).replaceAll('-', '');
        for (const day of (await days()).filter((one) => one < oldest)) {
          await rm(pathOf(day), { force: true });
          sizes.delete(day);
        }
      }),
    async flush() {
      await writing;
    },
  };
}

/** The name of the day (UTC) of a moment; worked out once a day. */
function createDayOf(): (time: number) => string {
  let known = { number: -1, name: '' };
  return (time) => {
    const number = Math.floor(time / 86_400_000);
    if (number !== known.number)
      known = { number, name: new Date(time).toISOString().slice(0, 10).replaceAll('-', '') };
    return known.name;
  };
}

/** Where a row begins: its id. */
interface Place {
  readonly day: string;
  readonly offset: number;
}

function formatPlace({ day, offset }: Place): string {
  return `${day}-${offset}`;
}

function parsePlace(id: string): Place | null {
  const [, day, offset] = /^(\d{8})-(\d{1,12})$/.exec(id) ?? [];
  return day === undefined ? null : { day, offset: Number(offset) };
}

/** Null for a line that is no row: somebody edited the file. */
function parse(text: string): DeliveryDetail | null {
  try {
    const row = JSON.parse(text) as DeliveryDetail | null;
    return typeof row?.endpoint === 'string' ? row : null;
  } catch {
    return null;
  }
}

/** A day that was too full keeps rows without what travelled. */
function withParts(detail: DeliveryDetail): DeliveryDetail {
  const empty = { url: '', headers: {}, body: '', bodyBytes: 0 };
  return { ...detail, request: detail.request ?? empty, answer: detail.answer ?? null };
}
