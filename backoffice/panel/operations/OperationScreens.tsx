import { useLocation } from 'react-router-dom';
import { ConfigurationScreen } from '../configuration/ConfigurationScreen.tsx';
import { WebhookScreens } from '../webhooks/WebhookScreens.tsx';

/** What stands at `/webhooks` and below, and at `/sync/configuration`. */
export function OperationScreens() {
  const [, room, ...below] = useLocation().pathname.split('/');
  return room === 'webhooks' ? <WebhookScreens path={below.map(decodeURIComponent)} /> : <ConfigurationScreen />;
}
