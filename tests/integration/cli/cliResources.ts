import { z } from 'zod';
import { defineResource } from '../../../backend/records/defineResource.ts';

/** What an integrator's module exports for `--resources`: a resource of each kind. */
export const resources = [
  defineResource({
    name: 'team',
    public: ['name', 'role'],
    schema: z.object({
      name: z.string().min(1),
      role: z.string().optional(),
      joinDate: z.string().optional(),
    }),
    seed: [{ id: 'm1', name: 'Camille', role: 'CTO', joinDate: '2020-01-01' }],
  }),
  defineResource({
    name: 'services',
    public: 'all',
    schema: z.object({
      title: z.string(),
      views: z.number().int().default(0),
      rating: z.number().nullable().optional(),
    }),
    seed: [{ id: 's1', title: 'Design', views: 7, rating: 4.5 }],
  }),
  defineResource({
    name: 'news',
    public: 'all',
    drafts: true,
    schema: z.object({ title: z.string().min(1), kind: z.enum(['short', 'long']).optional() }),
  }),
  defineResource({
    name: 'mail',
    single: true,
    schema: z.object({ host: z.string(), password: z.string().optional() }),
    secret: ['password'],
    seed: { host: 'smtp' },
  }),
];
