/**
 * Where the counts of a resource's records are stored: a resource beside it, under a name that no declaration can have.
 *
 * Counts beside the record have versions of their own, so that a hundred page views neither move the ETag of an open form
 * nor push what people did out of the record's history.
 */
const suffix = ':counts';

/** The name under which a store and the log keep the counts of a resource's records. */
export function countsName(resource: string): string {
  return `${resource}${suffix}`;
}

/** The resource whose counts a name stands for; null for the name of a resource. */
export function countedResource(name: string): string | null {
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : null;
}
