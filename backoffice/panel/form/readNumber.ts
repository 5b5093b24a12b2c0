/**
 * The number that a person typed; null for a text that is none. A comma is taken for the decimal point, as it is written in
 * French.
 */
export function readNumber(text: string): number | null {
  const plain = text.trim().replace(',', '.');
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}
