import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';
import { LateSkeleton } from '../feedback/LateSkeleton.tsx';
import { tellUser } from '../feedback/askUser.ts';
import { endpointName } from './endpoint.ts';
import { EndpointForm } from './EndpointForm.tsx';
import { LoadFault } from './LoadFault.tsx';
import { useEndpoint } from './useEndpoints.ts';
import { useWebhookApi } from './useWebhookApi.ts';
import { WebhookHeader } from './WebhookHeader.tsx';

/** Changes what a person decides about an endpoint. */
export function EditWebhookScreen({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const { change } = useWebhookApi();
  const navigate = useNavigate();
  const { data: endpoint, error, refetch } = useEndpoint(id);
  if (endpoint === undefined)
    return error === null ? <LateSkeleton shape="form" /> : <LoadFault error={error} onRetry={() => void refetch()} />;
  const back = `/webhooks/${encodeURIComponent(id)}`;
  const onSaved = () => {
    tellUser({ tone: 'good', message: t('webhooks.actions.saved') });
    void navigate(back);
  };
  return (
    <>
      <WebhookHeader title={t('webhooks.form.editTitle')} endpoint={{ id, name: endpointName(endpoint) }} />
      <EndpointForm
        settings={endpoint}
        submit={t('webhooks.form.save')}
        cancelTo={back}
        onSave={(settings) => change(id, settings)}
        onSaved={onSaved}
      />
    </>
  );
}
