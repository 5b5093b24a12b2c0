import { useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { optimisticLayerOf, type PendingChange } from './optimisticLayer.ts';

/** What is pending for a resource; renders again when it changes. */
export function usePending(resource: string): readonly PendingChange[] {
  const layer = optimisticLayerOf(useQueryClient());
  const read = () => layer.list(resource);
  return useSyncExternalStore(layer.subscribe, read, read);
}
