/** Writes a sentence into the console; for what a developer asked to be told with `debug`. */
export function tellDeveloper(sentence: string): void {
  // oxlint-disable-next-line no-console
  console.debug(`backoffice-sync: ${sentence}`);
}
