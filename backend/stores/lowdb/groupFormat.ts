import { crc32 } from 'node:zlib';

/** The line before the lines of a group: enough to tell a whole group from a torn one. */
export interface GroupHeader {
  readonly lines: number;
  readonly bytes: number;
  /** The id of the process that wrote it, from `owner.json`. */
  readonly owner: string;
  /** The place of the entry before the group, so that a missing group is noticed. */
  readonly after: number;
}

/** One line of a group, and where it is in its file. */
export interface GroupLine {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** A whole group that was read back. */
export interface Group {
  readonly header: GroupHeader;
  readonly lines: readonly GroupLine[];
  readonly offset: number;
  readonly end: number;
}

/** Bytes that are not a group. `isTail` when a part of them is missing and no whole group comes after them, as a torn write leaves it. */
export interface GroupDamage {
  readonly offset: number;
  readonly line: number;
  readonly isTail: boolean;
}

const headerStart = '{"group":';
const checksumStart = ',"crc32":"';
const newline = 0x0a;

/**
 * The bytes of a group: a header line, then each line.
 *
 * One checksum for the group, over header and lines: power loss can keep later pages of a group and lose earlier ones, so
 * lines that are whole each for itself prove nothing.
 */
export function encodeGroup(lines: readonly string[], from: Pick<GroupHeader, 'owner' | 'after'>): Buffer {
  const body = Buffer.from(`${lines.join('\n')}\n`);
  const header: GroupHeader = { lines: lines.length, bytes: body.length, owner: from.owner, after: from.after };
  const summed = `${headerStart}${JSON.stringify(header)}`;
  return Buffer.concat([Buffer.from(`${summed}${checksumStart}${checksum(summed, body)}"}\n`), body]);
}

/** The groups of a file up to its end or to the first damage. */
export function decodeGroups(bytes: Buffer): {
  readonly groups: readonly Group[];
  readonly damage: GroupDamage | null;
} {
  const groups: Group[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const group = decodeGroup(bytes, offset);
    if (group === null) {
      const isTail = isTorn(bytes.subarray(offset)) && !hasGroupAfter(bytes, offset);
      return { groups, damage: { offset, line: lineAt(bytes, offset), isTail } };
    }
    groups.push(group);
    offset = group.end;
  }
  return { groups, damage: null };
}

function decodeGroup(bytes: Buffer, offset: number): Group | null {
  const headerEnd = bytes.indexOf(newline, offset);
  if (headerEnd < 0) return null;
  const text = bytes.toString('utf8', offset, headerEnd);
  const split = text.lastIndexOf(checksumStart);
  if (!text.startsWith(headerStart) || split < 0) return null;
  const header = parseHeader(text);
  if (header === null) return null;
  const end = headerEnd + 1 + header.bytes;
  if (end > bytes.length) return null;
  const body = bytes.subarray(headerEnd + 1, end);
  if (text.slice(split) !== `${checksumStart}${checksum(text.slice(0, split), body)}"}`) return null;
  return { header, lines: splitLines(bytes, headerEnd + 1, end), offset, end };
}

function parseHeader(text: string): GroupHeader | null {
  try {
    return (JSON.parse(text) as { group?: GroupHeader }).group ?? null;
  } catch {
    // Damage is what the caller looks for; it says so by the absence of a group.
    return null;
  }
}

function splitLines(bytes: Buffer, start: number, end: number): GroupLine[] {
  const lines: GroupLine[] = [];
  for (let offset = start; offset < end;) {
    const lineEnd = bytes.indexOf(newline, offset);
    lines.push({ offset, length: lineEnd - offset, text: bytes.toString('utf8', offset, lineEnd) });
    offset = lineEnd + 1;
  }
  return lines;
}

/**
 * True for what a write leaves that was cut short: less than the header says, or blocks that never reached the disk and read as
 * zeros. A group of which every byte is there may have been acknowledged: it was the disk that changed it.
 *
 * A zero alone in the middle proves nothing: a flipped bit makes it of a space.
 */
function isTorn(tail: Buffer): boolean {
  if (tail[0] === 0 || tail.at(-1) === 0 || tail.includes('\0\0')) return true;
  const headerEnd = tail.indexOf(newline);
  if (headerEnd < 0) return true;
  const header = parseHeader(tail.toString('utf8', 0, headerEnd));
  if (header === null) return false;
  const body = tail.subarray(headerEnd + 1);
  // Both, as one of the two numbers may be what was changed.
  return body.length < header.bytes && countLines(body) < header.lines;
}

/** A line of an entry never starts like a header, so each such line is one, or what is left of one. */
function hasGroupAfter(bytes: Buffer, offset: number): boolean {
  const start = `\n${headerStart}`;
  for (let at = bytes.indexOf(start, offset); at >= 0; at = bytes.indexOf(start, at + 1)) {
    if (decodeGroup(bytes, at + 1) !== null) return true;
  }
  return false;
}

function checksum(summed: string, body: Buffer): string {
  return crc32(body, crc32(summed)).toString(16).padStart(8, '0');
}

function lineAt(bytes: Buffer, offset: number): number {
  return countLines(bytes.subarray(0, offset)) + 1;
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines += 1;
  return lines;
}
