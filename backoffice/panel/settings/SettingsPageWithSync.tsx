/** The screen of a resource with one record, such as the settings. */
import type { ResourceDescription } from '../../../shared/resource.ts';
import { ErrorState } from '../feedback/ErrorState.tsx';
import { LateSkeleton } from '../feedback/LateSkeleton.tsx';
import { RecordEditor } from '../record/RecordEditor.tsx';
import { useRecord } from '../record/useRecord.ts';

/** The only id that a single resource has. */
const SINGLE_ID = 'main';

/** Form, state of the save, errors and protected fields of a single record. */
export function SettingsPageWithSync({ resource }: { readonly resource: ResourceDescription }) {
  const { data, error, refetch } = useRecord(resource, SINGLE_ID);
  if (data !== undefined) return <RecordEditor key={resource.name} resource={resource} id={SINGLE_ID} loaded={data} />;
  if (error === null) return <LateSkeleton shape="form" />;
  return <ErrorState error={error} onRetry={() => void refetch()} />;
}
