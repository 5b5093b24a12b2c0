import { expect, expectTypeOf, it } from 'vitest';
import { createResourceHooks } from 'backoffice-sync/react-query';
import type { OneName, Pascal } from '../../../backoffice/react/query/resource/resourceNames.ts';
import { resourceNames } from '../../../backoffice/react/query/resource/resourceNames.ts';

it('the hooks carry the names of their resource, for the 17 tables of the guide as well', () => {
  const names: Readonly<Record<string, readonly [many: string, one: string]>> = {
    goals: ['Goals', 'Goal'],
    candidates: ['Candidates', 'Candidate'],
    profiles: ['Profiles', 'Profile'],
    agent_activities: ['AgentActivities', 'AgentActivity'],
    key_results: ['KeyResults', 'KeyResult'],
    job_postings: ['JobPostings', 'JobPosting'],
    peer_feedback: ['PeerFeedback', 'PeerFeedbackRecord'],
    integration_sync_logs: ['IntegrationSyncLogs', 'IntegrationSyncLog'],
    news: ['News', 'NewsRecord'],
    people: ['People', 'Person'],
    addresses: ['Addresses', 'Address'],
    boxes: ['Boxes', 'Box'],
    branches: ['Branches', 'Branch'],
  };
  for (const [resource, [many, one]] of Object.entries(names)) expect(resourceNames(resource)).toEqual({ many, one });
});

it('the types name the hooks by the same rules', () => {
  expectTypeOf<Pascal<'agent_activities'>>().toEqualTypeOf<'AgentActivities'>();
  expectTypeOf<OneName<'agent_activities'>>().toEqualTypeOf<'AgentActivity'>();
  expectTypeOf<OneName<'goals'>>().toEqualTypeOf<'Goal'>();
  expectTypeOf<OneName<'peer_feedback'>>().toEqualTypeOf<'PeerFeedbackRecord'>();
  expectTypeOf<OneName<'news'>>().toEqualTypeOf<'NewsRecord'>();
  expectTypeOf<OneName<'people'>>().toEqualTypeOf<'Person'>();
  expectTypeOf<OneName<'addresses'>>().toEqualTypeOf<'Address'>();
  expectTypeOf<OneName<'boxes'>>().toEqualTypeOf<'Box'>();
  expectTypeOf<OneName<'branches'>>().toEqualTypeOf<'Branch'>();
  const { useAgentActivity, useOptimisticDeleteAgentActivity, useRealtimeAgentActivities } =
    createResourceHooks('agent_activities');
  expect([useAgentActivity, useOptimisticDeleteAgentActivity, useRealtimeAgentActivities]).not.toContain(undefined);
});
