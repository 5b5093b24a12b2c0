import type { Request } from 'express';
import type { User } from 'backoffice-sync';

/**
 * Signs in whoever says who he is, for tests of several users: `Authorization: As ada`, `As ada:admin`, `As ada:admin:o1`,
 * which is id, role and organization.
 */
export function authenticateAs(request: Request): User | null {
  const [id, role = 'editor', organization] = (request.get('authorization') ?? '').replace(/^As ?/, '').split(':');
  if (!id) return null;
  return { id, name: `Name of ${id}`, role: role as User['role'], kind: 'admin', organization };
}
