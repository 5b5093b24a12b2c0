import { createResourceHooks } from 'backoffice-sync/react-query';

/** A goal, as the server gives it. */
export interface Goal {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly progress: number;
  readonly status: 'open' | 'at_risk' | 'done';
  readonly due_on?: string;
  readonly organization_id: string;
  readonly version?: number;
}

/** Lists and saves of goals. */
export const { useGoals, useRealtimeGoals, useOptimisticCreateGoal, useOptimisticUpdateGoal, useOptimisticDeleteGoal } =
  createResourceHooks<'goals', Goal>('goals');
