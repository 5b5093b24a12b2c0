import { isDevelopment } from './isDevelopment.ts';

const said = new Set<string>();

/** Says in the console of a developer what is wrong with how the product is used, each sentence once per page. */
export function warnOnce(sentence: string): void {
  if (!isDevelopment() || said.has(sentence)) return;
  said.add(sentence);
  // oxlint-disable-next-line no-console
  console.warn(`backoffice-sync: ${sentence}`);
}
