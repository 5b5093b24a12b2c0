import { SyncError } from '../../../shared/problem.ts';
import { openAppendFile, type OpenAppendFile } from './appendFile.ts';

/** Options of the embedded store. */
export interface LowdbStoreOptions {
  /** Where everything is kept; made when it does not exist. One process owns it. */
  readonly folder: string;
  /** How long changes are kept at least (default 90 days). */
  readonly retentionDays?: number;
  /** How many versions of a record are kept however old they are (default 100). */
  readonly keptVersions?: number;
  /** How long messages are kept: after it a file lets go of them when it is full (default 1 hour, which is the least). */
  readonly messageRetentionHours?: number;
  /** A file of the log is followed by the next one at this size (default 16 MiB). */
  readonly maxSegmentBytes?: number;
  /** The newest part of the log that is held in memory for readers (default 8 MiB). */
  readonly tailBytes?: number;
  /** `db.json` is written after this much log, and not before there is as much log as it is large … (default 8 MiB) */
  readonly checkpointAfterBytes?: number;
  /** … or this long after a save, whichever comes first (default 60,000 milliseconds). */
  readonly checkpointAfterMs?: number;
  /** Gets what an operator should know and no caller can be told (default: `process.emitWarning`). */
  readonly onWarning?: (message: string) => void;
  /** The clock, in milliseconds since 1970 (default `Date.now`). */
  readonly now?: () => number;
  /** How files are written at their end; for tests of a disk that fails. */
  readonly openFile?: OpenAppendFile;
}

/** The options with every default filled in: the one place where the defaults are. */
export function resolveLowdbOptions(options: LowdbStoreOptions): Required<LowdbStoreOptions> {
  const resolved: Required<LowdbStoreOptions> = {
    retentionDays: 90,
    keptVersions: 100,
    messageRetentionHours: 1,
    maxSegmentBytes: 16 * 1024 * 1024,
    tailBytes: 8 * 1024 * 1024,
    checkpointAfterBytes: 8 * 1024 * 1024,
    checkpointAfterMs: 60_000,
    onWarning: (message) => process.emitWarning(message),
    now: Date.now,
    openFile: openAppendFile,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    folder: options.folder,
  };
  if (typeof resolved.folder !== 'string' || resolved.folder === '') {
    throw new SyncError(
      'OPTION_INVALID',
      `\`folder\` has to be the path of a folder; received ${JSON.stringify(resolved.folder)}.`,
    );
  }
  const names = [
    'retentionDays',
    'keptVersions',
    'messageRetentionHours',
    'maxSegmentBytes',
    'tailBytes',
    'checkpointAfterBytes',
    'checkpointAfterMs',
  ] as const;
  for (const name of names) {
    if (resolved[name] >= (name === 'retentionDays' ? 0 : 1)) continue;
    throw new SyncError('OPTION_INVALID', `\`${name}\` has to be a number above 0; received ${resolved[name]}.`);
  }
  return resolved;
}
