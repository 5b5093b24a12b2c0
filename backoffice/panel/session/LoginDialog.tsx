import { Modal } from '@mantine/core';
import '@mantine/core/styles/Modal.layer.css';
import { useQueryClient, type Query } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useSession, type Session } from '../data/useSession.ts';
import { WithMantine } from '../look/WithMantine.tsx';
import { LoginForm } from './LoginForm.tsx';
import styles from './session.module.css';

/** Signs in again over the screen, so that nothing typed on it is lost. */
export function LoginDialog() {
  const { t } = useTranslation();
  const { signIn, live } = usePanelServices();
  const queries = useQueryClient();
  const { data: session } = useSession();
  const [was] = useState(session?.user?.id);
  const onSignedIn = () => {
    signIn.done();
    live.reconnect();
    const ofScreens = { predicate: (query: Query) => query.queryKey[0] !== 'session' };
    // Somebody else: what was read and typed here is not for that person's eyes.
    if (queries.getQueryData<Session>(['session'])?.user?.id === was) void queries.invalidateQueries(ofScreens);
    else void queries.resetQueries(ofScreens);
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
