import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';

/** What a file has to be. */
export interface LinesFormat {
  readonly format: string;
  readonly formatVersion: number;
  /** True: not a letter may have changed. False: people may edit it, as long as its end is there. */
  readonly isSealed: boolean;
}

/** A line between the first and the last. */
export interface ReadLine {
  readonly line: number;
  readonly value: JsonObject;
}

/**
 * Reads a whole file of lines before anything is made of it, and returns what its first line says.
 *
 * Errors  FILE_INVALID with the line
 */
export async function checkLines(path: string, format: LinesFormat): Promise<JsonObject> {
  const hash = createHash('sha256');
  let header: JsonObject | null = null;
  let [end, lines]: [JsonObject | null, number] = [null, 0];
  for await (const { line, text, value } of parsedLines(path)) {
    if (header === null) {
      if (value['format'] !== format.format)
        throw invalid(path, line, `this is not a file of the format "${format.format}"`);
      if (value['formatVersion'] !== format.formatVersion)
        throw invalid(path, line, `version ${String(value['formatVersion'])} of the format is not known here`);
      header = value;
    } else if (end !== null) throw invalid(path, line, 'something comes after the end');
    else if (isJsonObject(value['end'])) end = value['end'];
    else lines += 1;
    if (end === null) hash.update(`${text}\n`);
  }
  if (header === null) throw invalid(path, 1, 'the file is empty');
  if (end === null) throw invalid(path, lines + 2, 'the end is missing: the file was cut off');
  if (format.isSealed && (end['lines'] !== lines || end['sha256'] !== hash.digest('hex')))
    throw invalid(path, lines + 2, 'the checksum is another one: a line was changed, lost or added');
  return header;
}

/** The lines of a file that was checked, without the first and the last. Errors  FILE_INVALID */
export async function* contentLines(path: string): AsyncGenerator<ReadLine> {
  for await (const { line, value } of parsedLines(path)) {
    if (line > 1 && !isJsonObject(value['end'])) yield { line, value };
  }
}

/** The error of a line that is not what it should be. */
export function invalid(path: string, line: number, what: string): SyncError {
  return new SyncError('FILE_INVALID', `${path}, line ${line}: ${what}. Nothing was changed.`);
}

async function* parsedLines(path: string): AsyncGenerator<ReadLine & { readonly text: string }> {
  const input = createReadStream(path);
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      yield { line, text, value: parse(path, line, text) };
    }
  } catch (cause) {
    if (cause instanceof SyncError) throw cause;
    throw new SyncError('FILE_INVALID', `${path} cannot be read.`, { cause });
  }
}

function parse(path: string, line: number, text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(path, line, 'this is not a line of JSON');
  }
  if (isJsonObject(value)) return value;
  throw invalid(path, line, 'this is not a JSON object');
}
