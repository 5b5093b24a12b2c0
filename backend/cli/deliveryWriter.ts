import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveryDetail } from '../log/deliveryLog.ts';

const groupBytes = 1024 * 1024;

/** Writes the deliveries of a backup into a data folder that no server uses: a file for each day, in the order in which they come. */
export class DeliveryWriter {
  readonly #folder: string;
  readonly #sizes = new Map<string, number>();
  #day = '';
  #waiting = '';

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The id of a row is its day and its place in that file, so that it gets a new one. */
  async add(detail: DeliveryDetail): Promise<void> {
    const day = new Date(detail.at).toISOString().slice(0, 10).replaceAll('-', '');
    if (day !== this.#day || this.#waiting.length > groupBytes) await this.finish();
    this.#day = day;
    const offset = this.#sizes.get(day) ?? 0;
    const line = `${JSON.stringify({ ...detail, id: `${day}-${offset}` })}\n`;
    this.#sizes.set(day, offset + Buffer.byteLength(line));
    this.#waiting += line;
  }

  async finish(): Promise<void> {
    if (this.#waiting === '') return;
    await mkdir(this.#folder, { recursive: true });
    await appendFile(join(this.#folder, `${this.#day}.jsonl`), this.#waiting);
    this.#waiting = '';
  }
}
