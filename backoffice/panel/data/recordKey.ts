/** Where the panel keeps a record that it has read. */
export function recordKey(resource: string, id: string): readonly string[] {
  return ['record', resource, id];
}
