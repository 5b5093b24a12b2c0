/** A place in the log: entries with a higher `seq` come after it. `epoch` names the log itself, a uuid v7. */
export interface LogPosition {
  readonly epoch: string;
  readonly seq: number;
}

/** The opaque form that travels, `<epoch>:<seq>`. */
export function formatCursor(position: LogPosition): string {
  return `${position.epoch}:${position.seq}`;
}

/** Reads a cursor; null when the text is not one. */
export function parseCursor(text: string): LogPosition | null {
  const match = /^([0-9a-f-]{8,36}):(0|[1-9]\d{0,15})$/.exec(text);
  if (!match?.[1] || !match[2]) return null;
  return { epoch: match[1], seq: Number(match[2]) };
}

/** A version of a record together with the log it belongs to: only the pair can be compared safely. */
export interface RecordVersion {
  readonly epoch: string;
  readonly version: number;
}

/**
 * The strong ETag of a version, `"<epoch>.<version>"`; with a view `"<epoch>.<version>.<view>"`: two looks at one version are two
 * answers, and a cache that asked with the ETag of the one must not be told that it is the other.
 */
export function formatEtag(of: RecordVersion, view?: string): string {
  return `"${of.epoch}.${of.version}${view === undefined ? '' : `.${view}`}"`;
}

/** Reads one strong ETag of ours, whatever its view; null for a weak one or one of somebody else. */
export function parseEtag(text: string): RecordVersion | null {
  const match = /^"([0-9a-f-]{8,36})\.([1-9]\d{0,15})(?:\.[\w-]{1,32})?"$/.exec(text.trim());
  if (!match?.[1] || !match[2]) return null;
  return { epoch: match[1], version: Number(match[2]) };
}

/** Negative when `a` is older than `b`, 0 when they are the same, positive when newer. A later epoch is newer (uuid v7 sorts by time). */
export function compareVersions(a: RecordVersion, b: RecordVersion): number {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch ? -1 : 1;
  return a.version - b.version;
}
