import express, { type Request, type Response } from 'express';
import {
  createSync,
  defineResource,
  lowdbStore,
  notifyFrontend,
  problemHandler,
  smartMerge,
  validateChanges,
  type Change,
  type MergeInfo,
  type Store,
  type Sync,
  type User,
} from 'backoffice-sync';
import { z } from 'zod';

interface Member {
  readonly id: string;
  readonly name: string;
}
declare const db: {
  readonly team: { find(id: string): Promise<Member | null>; replace(member: unknown): Promise<Member> };
};
declare function sessionUser(request: Request): User | null;

const teamSchema = z.object({ name: z.string().min(1), role: z.string().optional() });
const store: Store = lowdbStore({ folder: './data' });
const sync: Sync = createSync({
  store,
  resources: [
    defineResource({ name: 'team', schema: teamSchema, public: ['name', 'role'] }),
    defineResource({
      name: 'settings',
      single: true,
      schema: z.object({ companyName: z.string() }),
      seed: { companyName: '' },
    }),
  ],
  authenticate: (request) => sessionUser(request),
  can: (user, action) => user?.role === 'admin' || action === 'read',
  corsOrigins: ['https://www.example.com'],
  webhooks: { allowPrivate: ['10.0.0.0/8'] },
});

const app = express();
app.use(express.json());
app.use('/sync', sync.router);
app.put(
  '/api/team/:id',
  smartMerge({
    resource: 'team',
    load: (_request, { id = '' }) => db.team.find(id),
    preserve: ['createdAt', 'joinDate', 'employeeId'],
  }),
  validateChanges(teamSchema),
  notifyFrontend(sync),
  async (request: Request, response: Response) => {
    const info: MergeInfo | undefined = request.merge;
    response.json({ saved: await db.team.replace(request.body), outcome: info?.receipt.outcome });
  },
);
app.use('/admin', sync.panel({ title: 'Example', backendUrl: '/sync' }));
app.use(problemHandler());

export async function rename(id: string): Promise<string> {
  const saved = await sync.records('team').update(id, { name: 'Camille' });
  await sync.append({ resource: 'team', id, record: { name: 'Camille' } });
  return saved.outcome;
}

export function describe(change: Change): string {
  return `${change.resource}/${change.id} ${change.operation} ${change.version} by ${change.actor.name}`;
}

// @ts-expect-error an option that does not exist is refused by the compiler too
createSync({ store, resources: [], corsOrigin: [] });
// @ts-expect-error a route has to say which resource it saves
smartMerge({ load: () => null });
// @ts-expect-error a schema has to be a Standard Schema
defineResource({ name: 'team', schema: { type: 'object' } });
