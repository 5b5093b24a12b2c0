/** Headers as servers give them: a `Headers`, or an object by name, whatever the case of its names. */
export type ReceivedHeaders =
  { get(name: string): string | null } | { readonly [name: string]: string | readonly string[] | undefined };

/** The three headers of a delivery. */
export interface DeliveryHeaders {
  readonly id: string;
  readonly timestamp: string;
  readonly signatures: string;
}

/** Svix signs in the same way under names of its own, which Clerk and others send. */
const families = ['webhook', 'svix'];

/** The headers of one family, the standard's own first; null when none is complete. */
export function readDeliveryHeaders(headers: ReceivedHeaders): DeliveryHeaders | null {
  const read = reader(headers);
  for (const family of families) {
    const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) => read(`${family}-${name}`));
    if (id && timestamp && signatures) return { id, timestamp, signatures };
  }
  return null;
}

function reader(headers: ReceivedHeaders): (name: string) => string | null {
  const { get } = headers;
  if (typeof get === 'function') return (name) => get.call(headers, name);
  const byName = new Map<string, string | null>();
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    const text = Array.isArray(value) ? (value.length === 1 ? String(value[0]) : null) : value;
    // Twice with two values says nothing that can be relied on.
    byName.set(key, typeof text !== 'string' || (byName.has(key) && byName.get(key) !== text) ? null : text);
  }
  return (name) => byName.get(name) ?? null;
}
