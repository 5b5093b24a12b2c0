import { NotFoundScreen } from '../feedback/NotFoundScreen.tsx';
import { DeliveryScreen } from './DeliveryScreen.tsx';
import { EditWebhookScreen } from './EditWebhookScreen.tsx';
import { NewWebhookScreen } from './NewWebhookScreen.tsx';
import { WebhookListScreen } from './WebhookListScreen.tsx';
import { WebhookScreen } from './WebhookScreen.tsx';

/** The screen of an address below `/webhooks`: one file for all of them, since whoever opens one opens the next. */
export function WebhookScreens({ path }: { readonly path: readonly string[] }) {
  const [id = '', part, delivery, ...more] = path;
  if (id === '') return <WebhookListScreen />;
  const isWhole = part === undefined || part === '' || (part === 'deliveries' && delivery === undefined);
  if (isWhole) return id === 'new' ? <NewWebhookScreen /> : <WebhookScreen key={id} id={id} />;
  if (part === 'edit' && delivery === undefined) return <EditWebhookScreen key={id} id={id} />;
  if (part === 'deliveries' && delivery !== undefined && more.length === 0)
    return <DeliveryScreen key={delivery} id={id} delivery={delivery} />;
  return <NotFoundScreen />;
}
