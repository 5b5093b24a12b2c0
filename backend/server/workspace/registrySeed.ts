import type { JsonObject } from '../../../shared/json.ts';

const nord = 'atelier-nord';

/** The first component, its first build, and what a program did last. */
export const registrySeed = {
  components: [
    {
      id: 'nord-devis',
      name: 'Devis',
      summary: 'Le calcul des devis, partagé par le site et l’atelier.',
      organization_id: nord,
    },
  ],
  builds: [
    {
      id: 'nord-devis-1',
      registry_component_id: 'nord-devis',
      release: '1.4.0',
      outcome: 'passed',
      organization_id: nord,
    },
  ],
  activities: [
    { id: 'nord-1', agent: 'Relances', action: 'Trois devis relancés', outcome: 'passed', organization_id: nord },
  ],
} as const satisfies Readonly<Record<string, readonly JsonObject[]>>;
