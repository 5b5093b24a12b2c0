/** The body of a message: the bytes that are signed and sent, and what is kept of them for people to read. */
export interface DeliveryBody {
  readonly bytes: Buffer;
  readonly kept: string;
}

/** What is kept of a body, in bytes. */
const maxKeptBody = 16_384;

/** Makes a value a body, once for everybody who is sent it. */
export function toDeliveryBody(value: object): DeliveryBody {
  const text = JSON.stringify(value);
  const bytes = Buffer.from(text);
  return {
    bytes,
    kept: bytes.length <= maxKeptBody ? text : bytes.toString('utf8', 0, wholeUntil(bytes, maxKeptBody)),
  };
}

/** Where the last whole character before a place ends. */
function wholeUntil(bytes: Buffer, place: number): number {
  let end = place;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}
