/**
 * Makes a uuid v7: it sorts by time, and needs no secure context (`crypto.randomUUID` does, and plain http on a LAN is none).
 *
 * Units   nowMs milliseconds since 1970
 * Source  RFC 9562, section 5.7
 */
export function createUuid(nowMs: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const time = Math.max(0, Math.floor(nowMs)).toString(16).padStart(12, '0');
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = time + [...bytes.subarray(6)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
