import type { QueryClient } from '@tanstack/react-query';
import type { JsonObject } from '../../../../shared/json.ts';

/** What somebody has just saved and the server has not answered yet. */
export interface PendingChange {
  readonly resource: string;
  readonly id: string;
  readonly kind: 'create' | 'update' | 'delete';
  readonly fields: JsonObject;
}

/** The changes that are shown before they are stored, beside what the server said: never mixed into it. */
export interface OptimisticLayer {
  add(change: PendingChange): void;
  remove(change: PendingChange): void;
  /** In the order of their coming; the same list while nothing changes. */
  list(resource: string): readonly PendingChange[];
  /** Resolves when nothing else is pending for this record. */
  settled(change: PendingChange): Promise<void>;
  subscribe(listener: () => void): () => void;
}

const layers = new WeakMap<QueryClient, OptimisticLayer>();

/** The layer of a client. */
export function optimisticLayerOf(client: QueryClient): OptimisticLayer {
  const layer = layers.get(client) ?? createOptimisticLayer();
  layers.set(client, layer);
  return layer;
}

function createOptimisticLayer(): OptimisticLayer {
  const pending = new Map<string, readonly PendingChange[]>();
  const listeners = new Set<() => void>();
  const list = (resource: string): readonly PendingChange[] => pending.get(resource) ?? none;
  const set = (resource: string, changes: readonly PendingChange[]): void => {
    pending.set(resource, changes);
    for (const listener of [...listeners]) listener();
  };
  const layer: OptimisticLayer = {
    list,
    add: (change) => set(change.resource, [...list(change.resource), change]),
    remove: (change) =>
      set(
        change.resource,
        list(change.resource).filter((one) => one !== change),
      ),
    settled: ({ resource, id, ...rest }) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (list(resource).some((one) => one.id === id && one.kind !== rest.kind)) return;
          stop();
          resolve();
        };
        const stop = layer.subscribe(look);
        look();
      }),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return layer;
}

const none: readonly PendingChange[] = [];
