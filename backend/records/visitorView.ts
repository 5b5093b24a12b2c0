import type { Audience } from '../auth/permissions.ts';
import type { Core } from '../core.ts';
import type { EntryView } from '../log/projectEntry.ts';

/** How visitors, and so endpoints and pages of the site, look at the records of a resource; null for a resource that they cannot see. */
export function visitorView(core: Core, name: string): EntryView | null {
  const resource = core.resources.get(name);
  if (!resource) return null;
  const audience: Audience = core.permissions.audienceOf(null);
  return {
    view: (record) => core.permissions.view(audience, resource, record),
    followsPublished: core.permissions.followsPublished(audience),
  };
}
