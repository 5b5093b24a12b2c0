import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';
import type { EndpointWithSecret } from './endpoint.ts';
import { EndpointForm } from './EndpointForm.tsx';
import { SecretScreen } from './SecretScreen.tsx';
import { useWebhookApi } from './useWebhookApi.ts';
import { WebhookHeader } from './WebhookHeader.tsx';

/** Adds an endpoint, then shows its secret once. */
export function NewWebhookScreen() {
  const { t } = useTranslation();
  const { create } = useWebhookApi();
  const navigate = useNavigate();
  const [added, setAdded] = useState<EndpointWithSecret | null>(null);
  if (added !== null) {
    const to = `/webhooks/${encodeURIComponent(added.id)}`;
    return <SecretScreen endpoint={added} onDone={() => void navigate(to, { replace: true })} />;
  }
  return (
    <>
      <WebhookHeader title={t('webhooks.form.newTitle')} />
      <EndpointForm submit={t('webhooks.form.create')} cancelTo="/webhooks" onSave={create} onSaved={setAdded} />
    </>
  );
}
