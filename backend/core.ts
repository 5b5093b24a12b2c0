import type { Permissions } from './auth/permissions.ts';
import type { Logger } from './logger.ts';
import type { SaveMeter } from './readers/metrics/createSaveMeter.ts';
import type { Counters } from './records/counters/createCounters.ts';
import type { Resource } from './records/defineResource.ts';
import type { Saver } from './records/save.ts';
import type { Store } from './stores/store.ts';

/** What the rooms of one installation share. Built by createSync, handed to whoever needs a part of it. */
export interface Core {
  readonly store: Store;
  readonly saver: Saver;
  readonly counters: Counters;
  readonly permissions: Permissions;
  readonly logger: Logger;
  readonly countSave: SaveMeter;
  /** The integrator's resources by name; internal ones are not among them. */
  readonly resources: ReadonlyMap<string, Resource>;
  /** What an ETag of an older version means for a save: merge with what is stored now, or refuse. */
  readonly ifMatch: 'merge' | 'strict';
  readonly limits: { readonly maxBodyBytes: number; readonly maxDepth: number };
}
