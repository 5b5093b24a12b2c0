import { useState } from 'react';
import { LateSkeleton } from '../feedback/LateSkeleton.tsx';
import { DeliveryList } from './DeliveryList.tsx';
import { endpointName, type EndpointWithSecret } from './endpoint.ts';
import { EndpointActions } from './EndpointActions.tsx';
import { EndpointFacts } from './EndpointFacts.tsx';
import { EndpointStatus } from './EndpointStatus.tsx';
import { LoadFault } from './LoadFault.tsx';
import { SecretScreen } from './SecretScreen.tsx';
import { useEndpoint } from './useEndpoints.ts';
import { WebhookHeader } from './WebhookHeader.tsx';
import styles from './webhooks.module.css';

/** One endpoint: how it is doing, what can be done with it, what it is told of, and what was sent. */
export function WebhookScreen({ id }: { readonly id: string }) {
  const { data: endpoint, error, refetch } = useEndpoint(id);
  const [replaced, setReplaced] = useState<EndpointWithSecret | null>(null);
  if (replaced !== null) return <SecretScreen endpoint={replaced} onDone={() => setReplaced(null)} />;
  if (endpoint === undefined)
    return error === null ? <LateSkeleton shape="form" /> : <LoadFault error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <WebhookHeader title={endpointName(endpoint)} />
      <div className={styles.stack}>
        <EndpointStatus endpoint={endpoint} />
        <EndpointActions endpoint={endpoint} onSecret={setReplaced} />
        <EndpointFacts endpoint={endpoint} />
        <DeliveryList endpoint={id} />
      </div>
    </>
  );
}
