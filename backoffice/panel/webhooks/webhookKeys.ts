/** Where the panel keeps what it has read of webhooks; every key begins with the first. */
export const endpointsKey = ['webhooks'] as const;

/** One endpoint. */
export function endpointKey(id: string): readonly string[] {
  return [...endpointsKey, id];
}

/** The deliveries of one endpoint. */
export function deliveriesKey(id: string): readonly string[] {
  return [...endpointsKey, id, 'deliveries'];
}
