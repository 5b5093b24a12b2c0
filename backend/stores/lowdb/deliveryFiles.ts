import { appendFile, truncate } from 'node:fs/promises';
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
import { openDeliveryDays, type DeliveryDay } from './deliveryDays.ts';
import { createDayOf, endOfDay, formatPlace, parsePlace, type DeliveryPlace } from './deliveryPlace.ts';
import { createLatestRows } from './latestRows.ts';
import { lineAt, linesBackwards } from './linesBackwards.ts';

const mebibyte = 1024 * 1024;

/** Limits of the files, in bytes. */
export const deliveryLimits = {
  /** What waits to be written; beyond it rows are dropped and reported. */
  waitingBytes: 8 * mebibyte,
  /** A day's file up to which rows carry what travelled, and up to which attempts that were taken are written at all; those that failed up to … */
  detailedDayBytes: 128 * mebibyte,
  takenDayBytes: 192 * mebibyte,
  dayBytes: 256 * mebibyte,
  /** All files: beyond it the oldest attempts that were taken go, then the oldest days. */
  allBytes: 2_048 * mebibyte,
  /** What one page of a list may cost to read, and what the newest rows of a record may, once. */
  pageBytes: 64 * mebibyte,
  latestBytes: 32 * mebibyte,
} as const;

/** How long rows gather before they are written, in milliseconds. */
const gatherMs = 20;

interface Waiting {
  readonly file: DeliveryDay;
  readonly line: string;
  readonly bytes: number;
}

/**
 * The deliveries of the embedded store: `deliveries/<day>.jsonl`, one line an attempt, a file for each day (UTC).
 *
 * In memory is what waits to be written, and the newest rows of records, up to a bound: the id of a row is its day and its place
 * in that file, so that one row is one read, and lists are read from the end.
 *
 * Errors  FOLDER_UNUSABLE when the folder cannot be made or read
 */
export async function openDeliveryFiles(options: {
  readonly folder: string;
  readonly now: () => number;
  readonly onWarning: (message: string) => void;
  readonly onLoss: OnDeliveryLoss;
  readonly limits?: { readonly [Name in keyof typeof deliveryLimits]: number };
}): Promise<DeliveryLog> {
  const { folder, now, onLoss, onWarning, limits = deliveryLimits } = options;
  const latest = createLatestRows();
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let writing: Promise<void> | null = null;
  let shrinking: Promise<void> | null = null;
  let latestSince = 0;
  let fullSaid = '';
  const dayOf = createDayOf();
  const toLine = createLineWriter();
  const days = await openDeliveryDays(folder, onWarning).catch((cause: unknown) => {
    throw new SyncError('FOLDER_UNUSABLE', `The folder ${folder} cannot be used: ${String(cause)}.`, { cause });
  });

  async function write(): Promise<void> {
    // A moment, so that the attempts of a burst are one write; whoever reads or closes waits for it.
    await new Promise((resolve) => setTimeout(resolve, gatherMs));
    while (waiting.length > 0) {
      const { file } = waiting[0] as Waiting;
      const count = waiting.findIndex((one) => one.file !== file);
      const group = waiting.splice(0, count === -1 ? waiting.length : count);
      const bytes = Buffer.from(group.map(({ line }) => line).join(''));
      waitingBytes -= bytes.length;
      try {
        await appendFile(file.path, bytes);
      } catch (error) {
        // What was written of it would leave a torn line in the middle; ids of later rows count from the cut.
        const written = bytes.length + waiting.reduce((sum, one) => sum + (one.file === file ? one.bytes : 0), 0);
        file.size -= written;
        await truncate(file.path, file.size).catch(() => undefined);
        const lost = group.length + waiting.length;
        [waiting, waitingBytes] = [[], 0];
        onLoss(lost, error);
      }
    }
    writing = null;
    shrink();
  }

  /** In the background, and never twice at once; what it could not do is tried again with the next rows. */
  function shrink(): void {
    shrinking ??= days
      .shrinkTo(limits.allBytes, dayOf(now()))
      .catch((error: unknown) => onWarning(`Old rows of ${folder} could not be removed: ${String(error)}.`))
      .finally(() => (shrinking = null));
  }

  async function read<Result>(work: () => Promise<Result>): Promise<Result> {
    await writing;
    await shrinking;
    try {
      return await work();
    } catch (cause) {
      throw new SyncError('STORE_UNAVAILABLE', 'The log of deliveries could not be read.', { cause });
    }
  }

  /** Lines from the newest to the oldest, until `take` has enough or so much is read: the last one and its id then, else null. */
  async function walk(
    before: DeliveryPlace | null,
    maxBytes: number,
    take: (line: string) => boolean,
  ): Promise<Line | null> {
    let left = maxBytes;
    for (const { day, path, size, isShort } of days.list()) {
      if (before !== null && day > before.day) continue;
      const isLast = before?.day === day;
      for await (const { text, offset } of linesBackwards(path, isLast && !isShort ? before.offset : size)) {
        left -= Buffer.byteLength(text);
        // A day that was shortened has its rows at other places than their ids say.
        const place = (isShort ? parsePlace(parse(text)?.id ?? '') : null) ?? { day, offset };
        const isMeant = !isLast || !isShort || place.offset < before.offset;
        if ((isMeant && take(text)) || left < 0) return { text, id: formatPlace(place) };
      }
    }
    return null;
  }

  async function learnLatest(resource: string, recordId: string): Promise<void> {
    const found = new Map<string, DeliveryRow>();
    // Most lines are about other records, and need not be parsed to see that.
    const about = `"recordId":${JSON.stringify(recordId)}`;
    const last = await walk(null, limits.latestBytes, (line) => {
      const detail = line.includes(about) ? parse(line) : null;
      if (detail?.resource === resource && detail.recordId === recordId && !found.has(detail.endpoint))
        found.set(detail.endpoint, toDeliveryRow(detail));
      return false;
    });
    const oldest = last && parse(last.text);
    if (oldest !== null) latestSince = Math.max(latestSince, Date.parse(oldest.at));
    latest.learn(resource, recordId, found.values());
  }

  return {
    add(detail) {
      const file = days.take(dayOf(now()));
      const offset = file.size;
      const id = formatPlace({ day: file.day, offset });
      latest.note(id, detail);
      const line = `${toLine(id, detail, offset < limits.detailedDayBytes)}\n`;
      const bytes = Buffer.byteLength(line);
      const isFull = offset + bytes > (isFailedRow(detail) ? limits.dayBytes : limits.takenDayBytes);
      if (isFull || file.isShort) {
        // Said once: as many may follow as there are attempts in a day.
        const told = `${file.day} ${detail.outcome}`;
        if (fullSaid !== told) onLoss(1, new Error('The file of the day is full; later attempts of it are not kept.'));
        fullSaid = told;
        return id;
      }
      if (waitingBytes + bytes > limits.waitingBytes) {
        onLoss(1, new Error('The disk is too slow.'));
        return id;
      }
      file.size += bytes;
      waiting.push({ file, line, bytes });
      waitingBytes += bytes;
      writing ??= write();
      return id;
    },
    list: (endpoint, { limit, before, outcome }) =>
      read(async () => {
        const rows: DeliveryRow[] = [];
        const from = before === undefined ? null : parsePlace(before);
        const last = await walk(from, limits.pageBytes, (line) => {
          const detail = parse(line);
          if (detail?.endpoint === endpoint && (outcome === undefined || isFailedRow(detail)))
            rows.push(toDeliveryRow(detail));
          return rows.length >= limit;
        });
        return { rows, next: last?.id ?? null };
      }),
    get: (endpoint, id) =>
      read(async () => {
        const place = parsePlace(id);
        const file = place && days.find(place.day);
        if (!place || !file) return null;
        const after = { day: place.day, offset: place.offset + 1 };
        const line = file.isShort
          ? (await walk(after, limits.pageBytes, (text) => parse(text)?.id === id))?.text
          : place.offset < file.size
            ? await lineAt(file.path, place.offset)
            : undefined;
        const detail = line === undefined ? null : parse(line);
        return detail !== null && detail.id === id && detail.endpoint === endpoint ? withParts(detail) : null;
      }),
    latestOf: (resource, recordId) =>
      read(async () => {
        // Rows of before the start are read once; those that were made since stand in memory, however much came after them.
        if (!latest.isLearned(resource, recordId)) await learnLatest(resource, recordId);
        return [...latest.of(resource, recordId)];
      }),
    latestSince() {
      const gone = days.list().find(({ isShort, size }) => isShort || size > limits.takenDayBytes - mebibyte);
      return Math.max(latestSince, gone === undefined ? 0 : endOfDay(gone.day));
    },
    removeBefore: (time) =>
      read(async () => {
        await days.removeBefore(dayOf(time));
        shrink();
      }),
    async flush() {
      await writing;
      await shrinking;
    },
  };
}

interface Line {
  readonly text: string;
  readonly id: string;
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
