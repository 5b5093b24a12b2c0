import { randomUUID } from 'node:crypto';
import {
  shownLimits,
  type EndpointReach,
  type Reach,
  type ShownItem,
  type UntoldReason,
} from '../../../shared/protocol/reach.ts';
import type { Core } from '../../core.ts';
import type { ChangeEntry } from '../../log/entry.ts';
import { projectEntry } from '../../log/projectEntry.ts';
import type { Resource } from '../../records/defineResource.ts';
import { visitorView } from '../../records/visitorView.ts';
import type { StateStore } from '../../stores/store.ts';
import { decideReach } from './decideReach.ts';
import { createSharedFigures } from './sharedFigures.ts';
import { createSharePauses, runLater } from './sharePauses.ts';
import { createShownReports, joinFigures } from './shownReports.ts';

/** What following saves to the site needs. */
export interface ReachOptions {
  readonly core: Core;
  readonly state: StateStore;
  /** After that a save that is not shown is late. */
  readonly lateAfterMs: number;
  /** How many open pages of visitors are told live of a resource; who signs in and follows is no site. */
  readonly visitorsOf: (resource: string) => number;
  /** How far the webhook endpoints have come with a version of a record. */
  readonly endpointsOf: (resource: string, id: string, version: number) => Promise<readonly EndpointReach[]>;
  /** Ends telling the other nodes. */
  readonly closing: AbortSignal;
  /** Hears what could not be told to the other nodes, when nobody waits for it. */
  readonly onError: (error: unknown) => void;
  /** Runs something so many milliseconds later. Default a timer. */
  readonly later?: (run: () => Promise<void>, ms: number) => void;
  /** Milliseconds since 1970. Default the clock. */
  readonly now?: () => number;
}

/** Follows saves to the public site. */
export interface ReachService {
  /**
   * Takes what a browser reported. What is about no public record is dropped: a stranger's word creates nothing.
   *
   * Errors  STORE_UNAVAILABLE
   */
  take(items: readonly ShownItem[]): Promise<void>;
  /** How far the newest save of a record has come; null for a record that there never was. Errors  STORE_UNAVAILABLE */
  reachOf(resource: Resource, id: string): Promise<Reach | null>;
}

/** How often what a node heard of a record is written for the others, in milliseconds. */
const shareAgainMs = 5_000;

/** Creates the service of an installation. */
export function createReach(options: ReachOptions): ReachService {
  const { core, lateAfterMs, closing, onError, later = runLater, now = Date.now } = options;
  const { store } = core;
  const reports = createShownReports();
  const shared = createSharedFigures(options.state, randomUUID(), now);
  // The first word at once, what comes after it now and then: the other nodes need no count of every page.
  const tellNodes = createSharePauses({ share, pauseMs: shareAgainMs, now, later, closing, onError });
  const mayTake = createBucket(shownLimits.perSecond, now);

  async function share(key: string): Promise<void> {
    const figures = reports.newest(key);
    if (figures !== null) await shared.write(key, figures);
  }

  /** Why visitors are not told of an entry; null when they are. */
  function reasonOf(resource: Resource, entry: ChangeEntry): UntoldReason | null {
    if (resource.public === 'none') return 'notPublic';
    if (!entry.notify) return 'silent';
    if (entry.publication === 'kept') return 'draft';
    const view = visitorView(core, resource.name);
    return view === null || projectEntry(store.log.epoch, entry, view) === null ? 'hidden' : null;
  }

  return {
    async take(items) {
      const at = now();
      for (const item of items) {
        const resource = core.resources.get(item.resource);
        if (!resource || resource.public === 'none' || !mayTake()) continue;
        const stored = await store.load(item.resource, item.id);
        // A version that does not exist yet is a guess, or of another installation.
        if (stored === null || item.version > stored.version) continue;
        const key = `${item.resource}/${item.id}`;
        const newest = { epoch: store.log.epoch, version: stored.version };
        const isNews = reports.add({
          key,
          newest,
          shown: item.version,
          isRendered: item.kind === 'rendered',
          afterMs: Math.max(0, at - stored.changedAt),
          at,
        });
        await tellNodes(key, isNews);
      }
    },
    async reachOf(resource, id) {
      const [entry] = await store.log.history(resource.name, id, { limit: 1 });
      const stored = await store.load(resource.name, id);
      if (stored === null) return null;
      const { version, changedAt } = stored;
      const key = `${resource.name}/${id}`;
      const newest = { epoch: store.log.epoch, version };
      const reason = entry === undefined ? null : reasonOf(resource, entry);
      const isTold = reason === null;
      return decideReach({
        resource: resource.name,
        id,
        version,
        savedAt: changedAt,
        now: now(),
        lateAfterMs,
        reason,
        followers: options.visitorsOf(resource.name),
        figures: isTold ? joinFigures([reports.of(key, newest), ...(await shared.others(key, newest))]) : null,
        endpoints: isTold ? await options.endpointsOf(resource.name, id, version) : [],
      });
    },
  };
}

/** True as often in a second as it may be. */
function createBucket(perSecond: number, now: () => number): () => boolean {
  let second = 0;
  let taken = 0;
  return () => {
    const current = Math.floor(now() / 1000);
    if (current !== second) [second, taken] = [current, 0];
    taken += 1;
    return taken <= perSecond;
  };
}
