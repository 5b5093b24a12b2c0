import type { JsonObject } from '../../../shared/json.ts';

/** Functions instead of names, for nobody here is real; `account` says who signs in as whom. */
export const profileSeed: readonly JsonObject[] = [
  profile('nord-1', 'Direction de l’atelier', 'Objectifs', 'nord-goals', 'atelier-nord'),
  profile('nord-2', 'Ressources humaines', 'Recrutement', 'nord-hiring', 'atelier-nord'),
  profile('sud-1', 'Direction de la maison', 'Objectifs', 'sud-goals', 'maison-sud'),
  profile('sud-2', 'Ressources humaines', 'Recrutement', 'sud-hiring', 'maison-sud'),
];

function profile(id: string, name: string, role: string, account: string, organization: string): JsonObject {
  return { id, name, role, account, organization_id: organization };
}
