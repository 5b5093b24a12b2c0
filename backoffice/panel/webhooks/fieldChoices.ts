import type { ResourceDescription, Words } from '../../../shared/resource.ts';
import type { Choice } from './ChoiceGroup.tsx';

/** The API takes names of fields for all resources together, so a field that several have is one choice that names them. */
export function fieldChoices(
  resources: readonly ResourceDescription[],
  chosen: readonly string[],
  by: { readonly words: (words: Words) => string; readonly compare: (a: string, b: string) => number },
): readonly Choice[] {
  const found = new Map<string, { readonly labels: Set<string>; readonly of: Set<string> }>();
  for (const resource of resources) {
    for (const field of resource.fields) {
      // A secret never leaves; what the server writes at each save would be a change each time.
      if (field.class === 'secret' || field.class === 'server') continue;
      const known = found.get(field.name) ?? { labels: new Set(), of: new Set() };
      known.labels.add(by.words(field.label));
      known.of.add(by.words(resource.label));
      found.set(field.name, known);
    }
  }
  for (const name of chosen) if (!found.has(name)) found.set(name, { labels: new Set([name]), of: new Set() });
  const choices = [...found].map(([value, { labels, of }]): Choice => {
    const label = [...labels].join(' / ');
    return resources.length > 1 && of.size > 0 ? { value, label, hint: `(${[...of].join(', ')})` } : { value, label };
  });
  return choices.sort((a, b) => by.compare(a.label, b.label));
}
