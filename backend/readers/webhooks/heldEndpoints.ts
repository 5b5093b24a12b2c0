import type { EndpointWorkers } from './endpointWorkers.ts';
import type { Endpoint } from './webhooksResource.ts';

/** After so many milliseconds in which an endpoint could not be called people are told. */
const tellAfterMs = 24 * 60 * 60 * 1000;

/**
 * Creates the look for endpoints of this process that could not be called for a day, through no fault of their receivers; each time of
 * silence is told once in the life of the process.
 */
export function createHeldEndpoints(options: {
  readonly workers: EndpointWorkers;
  readonly now: () => number;
  /** Units  heldSince milliseconds since 1970 */
  readonly onHeld: (endpoint: Endpoint, heldSince: number) => void;
}): () => void {
  const { workers, now, onHeld } = options;
  let told: ReadonlyMap<string, number> = new Map();
  return () => {
    const held = workers.places().flatMap(({ name }) => {
      const worker = workers.find(name.slice(name.indexOf(':') + 1));
      const since = worker?.queue.heldSince ?? null;
      return worker && since !== null && now() - since >= tellAfterMs ? [{ endpoint: worker.endpoint, since }] : [];
    });
    const before = told;
    told = new Map(held.map(({ endpoint, since }) => [endpoint.id, since]));
    for (const { endpoint, since } of held) if (before.get(endpoint.id) !== since) onHeld(endpoint, since);
  };
}
