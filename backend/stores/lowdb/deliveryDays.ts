import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cutTornEnd } from './linesBackwards.ts';

/** The file of one day. */
export interface DeliveryDay {
  readonly day: string;
  readonly path: string;
  /** Bytes of whole lines, those that wait to be written among them. */
  size: number;
  /** True when only the rows are left whose attempt did not reach its receiver. */
  readonly isShort: boolean;
}

/** The files of all days, `<day>.jsonl`, or `<day>.failed.jsonl` where what was delivered was taken out. */
export interface DeliveryDays {
  /** Newest first. */
  list(): readonly DeliveryDay[];
  /** The file of a day (UTC) such as `20260131`; undefined when there is none. */
  find(day: string): DeliveryDay | undefined;
  /** The same; a new one when there is none. */
  take(day: string): DeliveryDay;
  /** Removes the days before one. Errors  those of node:fs */
  removeBefore(day: string): Promise<void>;
  /**
   * Makes all files together at most so large: first what was delivered goes, from the oldest day on, then whole days. The
   * day that is written to stays.
   *
   * Errors  those of node:fs
   */
  shrinkTo(bytes: number, today: string): Promise<void>;
}

const name = /^(\d{8})(\.failed)?\.jsonl$/;

/** Opens the files of a folder, and makes it when it is not there. Errors  those of node:fs */
export async function openDeliveryDays(folder: string, onWarning: (message: string) => void): Promise<DeliveryDays> {
  const days = new Map<string, DeliveryDay>();

  await mkdir(folder, { recursive: true });
  for (const file of (await readdir(folder)).sort()) {
    const path = join(folder, file);
    if (file.endsWith('.tmp')) await rm(path, { force: true });
    const [, day, failed] = name.exec(file) ?? [];
    if (day === undefined) continue;
    // `.failed` sorts before the whole file, which a crash left beside it.
    if (days.has(day)) await rm(path, { force: true });
    else days.set(day, { day, path, size: await cutTornEnd(path, onWarning), isShort: failed !== undefined });
  }

  const list = (): readonly DeliveryDay[] => [...days.values()].sort((a, b) => (a.day < b.day ? 1 : -1));
  const total = (): number => list().reduce((sum, { size }) => sum + size, 0);

  async function remove({ day, path }: DeliveryDay): Promise<void> {
    days.delete(day);
    await rm(path, { force: true });
  }

  async function shorten(of: DeliveryDay): Promise<void> {
    const path = join(folder, `${of.day}.failed.jsonl`);
    const size = await copyFailed(of.path, `${path}.tmp`);
    await rename(`${path}.tmp`, path);
    days.set(of.day, { day: of.day, path, size, isShort: true });
    await rm(of.path, { force: true });
  }

  return {
    list,
    find: (day) => days.get(day),
    take(day) {
      const known = days.get(day);
      if (known) return known;
      const added = { day, path: join(folder, `${day}.jsonl`), size: 0, isShort: false };
      days.set(day, added);
      return added;
    },
    async removeBefore(day) {
      for (const one of list()) if (one.day < day) await remove(one);
    },
    async shrinkTo(bytes, today) {
      const oldest = (isMeant: (day: DeliveryDay) => boolean): DeliveryDay | undefined =>
        list().findLast((one) => one.day !== today && isMeant(one));
      while (total() > bytes) {
        const whole = oldest(({ isShort }) => !isShort);
        const last = whole ?? oldest(() => true);
        if (last === undefined) return;
        await (last.isShort ? remove(last) : shorten(last));
      }
    },
  };
}

/** How a row of a delivery that was taken is told from all others: within a text of it the quotes would be escaped. */
const delivered = '"outcome":"delivered"';
const newline = 0x0a;

/** Copies the rows whose attempt did not reach its receiver; says how many bytes that were. */
async function copyFailed(from: string, to: string): Promise<number> {
  const target = await open(to, 'w');
  let size = 0;
  try {
    let held: Buffer = Buffer.alloc(0);
    for await (const chunk of createReadStream(from, { highWaterMark: 1_048_576 })) {
      held = Buffer.concat([held, chunk as Buffer]);
      const kept: Buffer[] = [];
      let start = 0;
      // By bytes: a text of a row may hold characters that others take for the end of a line.
      for (let end = held.indexOf(newline); end !== -1; end = held.indexOf(newline, start)) {
        const line = held.subarray(start, end + 1);
        if (!line.includes(delivered)) kept.push(line);
        start = end + 1;
      }
      const group = Buffer.concat(kept);
      await target.appendFile(group);
      size += group.length;
      held = held.subarray(start);
    }
    await target.sync();
  } finally {
    await target.close();
  }
  return size;
}
