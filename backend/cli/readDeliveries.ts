import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DeliveryDetail } from '../log/deliveryLog.ts';
import { hasErrorCode } from '../stores/lowdb/durableFile.ts';

/**
 * The deliveries of a data folder, oldest first, also while a server writes them: nothing is decided by them, so that a line which is not
 * whole yet is left out.
 *
 * Errors  those of node:fs
 */
export async function* readDeliveries(folder: string): AsyncGenerator<DeliveryDetail> {
  for (const name of await dayFiles(folder)) {
    const input = createReadStream(join(folder, name));
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      const row = parse(line);
      if (row !== null) yield row;
    }
  }
}

async function dayFiles(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    const short = names.filter((name) => /^\d{8}\.failed\.jsonl$/.test(name));
    // Beside a whole day, which a crash left there, the shortened one counts: it is what the next start keeps.
    const whole = names.filter(
      (name) => /^\d{8}\.jsonl$/.test(name) && !short.includes(`${name.slice(0, 8)}.failed.jsonl`),
    );
    return [...whole, ...short].sort();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

function parse(line: string): DeliveryDetail | null {
  try {
    const row = JSON.parse(line) as DeliveryDetail | null;
    if (typeof row?.endpoint !== 'string' || Number.isNaN(Date.parse(row.at))) return null;
    // A day that was too full keeps rows without what travelled.
    return { ...row, request: row.request ?? emptyRequest, answer: row.answer ?? null };
  } catch {
    return null;
  }
}

const emptyRequest: DeliveryDetail['request'] = { url: '', headers: {}, body: '', bodyBytes: 0 };
