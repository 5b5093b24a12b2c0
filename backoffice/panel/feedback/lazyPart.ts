import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

/** The waits between two tries, in milliseconds. */
const firstWaitMs = 500;
const longestWaitMs = 3000;

/**
 * A part of a screen whose code is loaded when it is needed, and tried again until it is there.
 *
 * A file that cannot be fetched while the server is away would otherwise be an error of the whole screen, and take what is
 * typed on it down. Stands in a `Suspense` of its own, for the same reason.
 */
export function lazyPart<Props>(load: () => Promise<ComponentType<Props>>): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => ({ default: await loadUntilThere(load) }));
}

/** Loads code, and tries again for as long as it cannot be fetched. */
export async function loadUntilThere<T>(load: () => Promise<T>): Promise<T> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    try {
      return await load();
    } catch {
      // The connection state already says that the server is away; here it only means to wait.
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}
