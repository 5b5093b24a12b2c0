import { readFileSync } from 'node:fs';

/** The cases of one corpus in tests/fixtures, each with a name of its own. */
export function readCorpus<Case extends object>(file: string): (Case & { readonly name: string })[] {
  const text = readFileSync(new URL(`../../fixtures/${file}`, import.meta.url), 'utf8');
  const { cases } = JSON.parse(text) as { cases: (Case & { name?: string })[] };
  return cases.map((entry, index) => ({ ...entry, name: entry.name ?? `case ${index + 1}` }));
}
