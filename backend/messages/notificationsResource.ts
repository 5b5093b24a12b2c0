import { z } from 'zod';
import { defineInternalResource } from '../records/defineResource.ts';

/** What `can` is asked about for broadcasting and forcing: `configure` on `notifications`. Its records are kept by createNotifications. */
export const notificationsResource = defineInternalResource({ name: 'notifications', schema: z.object({}) });
