import type { enOperations } from './enOperations.ts';

/** The French words of the navigation for those who may configure. */
export const frOperations: typeof enOperations = {
  title: 'Suivi',
  webhooks: 'Webhooks',
  configuration: 'Configuration',
  toSee_one: '{{count}} à vérifier',
  toSee_other: '{{count}} à vérifier',
};
