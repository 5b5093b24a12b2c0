/** Counts who follows each resource, however he is told: live, at a rate of his own, or still behind. */
export function createFollowers() {
  const counts = new Map<string, number>();
  const add = (resources: Iterable<string>, more: number): void => {
    for (const name of resources) {
      const count = (counts.get(name) ?? 0) + more;
      if (count > 0) counts.set(name, count);
      else counts.delete(name);
    }
  };
  return {
    /** Counts a subscription until it ends. */
    enter(resources: ReadonlySet<string>, ended: AbortSignal): void {
      if (ended.aborted) return;
      add(resources, 1);
      ended.addEventListener('abort', () => add(resources, -1), { once: true });
    },
    of: (resource: string): number => counts.get(resource) ?? 0,
  };
}
