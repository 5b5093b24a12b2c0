import { Modal } from '@mantine/core';
import '@mantine/core/styles/Modal.layer.css';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { usePanelServices } from '../data/usePanelServices.ts';
import { WithMantine } from '../look/WithMantine.tsx';
import { LoginForm } from './LoginForm.tsx';
import styles from './session.module.css';

/** Signs in again over the screen, so that nothing typed on it is lost. */
export function LoginDialog() {
  const { t } = useTranslation();
  const { signIn, live } = usePanelServices();
  const queries = useQueryClient();
  const onSignedIn = () => {
    signIn.done();
    live.reconnect();
    void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
  };
  return (
    <WithMantine>
      <Modal
        opened
        centered
        onClose={() => undefined}
        withCloseButton={false}
        closeOnEscape={false}
        closeOnClickOutside={false}
        title={t('login.againTitle')}
      >
        <p className={styles.lead}>{t('login.againLead')}</p>
        <LoginForm onSignedIn={onSignedIn} />
      </Modal>
    </WithMantine>
  );
}
