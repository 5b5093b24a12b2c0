/** The screen of one record of a list: edit, publish, delete. */
import { useState } from 'react';
import { useParams } from 'react-router-dom';
import { SyncRequestError } from '../../client/SyncRequestError.ts';
import { useResource } from '../data/useResource.ts';
import { ErrorState } from '../feedback/ErrorState.tsx';
import { LateSkeleton } from '../feedback/LateSkeleton.tsx';
import { NotFoundScreen } from '../feedback/NotFoundScreen.tsx';
import { carrier, CarriedEditsContext } from '../form/carriedEdits.ts';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { RecordEditor } from './RecordEditor.tsx';
import { useRecord } from './useRecord.ts';

/** Reads resource and id from the address. */
export function RecordScreen() {
  const { resource: name, id = '' } = useParams();
  const resource = useResource(name);
  if (resource === undefined || resource.single) return <NotFoundScreen />;
  // Another record is another form: nothing typed in one may turn up in the next.
  return <OneRecord key={`${resource.name}/${id}`} resource={resource} id={id} />;
}

function OneRecord({ resource, id }: { readonly resource: ResourceDescription; readonly id: string }) {
  const { data, error, refetch } = useRecord(resource, id);
  // Kept from the first moment: the screen that it comes from takes it back when it goes.
  const [carried] = useState(() => carrier.find(resource.name, id));
  if (data !== undefined)
    return (
      <CarriedEditsContext value={carried}>
        <RecordEditor resource={resource} id={id} loaded={data} />
      </CarriedEditsContext>
    );
  if (error === null) return <LateSkeleton shape="form" />;
  if (error instanceof SyncRequestError && error.problem.status === 404) return <NotFoundScreen what="record" />;
  return <ErrorState error={error} onRetry={() => void refetch()} />;
}
