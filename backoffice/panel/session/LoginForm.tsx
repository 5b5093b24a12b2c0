/** Name and password, as a password manager expects them. */
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { SyncRequestError, type SyncProblem } from '../../client/SyncRequestError.ts';
import { Button } from '../controls/Button.tsx';
import { TextField } from '../controls/TextField.tsx';
import { requestJson } from '../data/requestJson.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import type { Session } from '../data/useSession.ts';
import { Notice } from '../feedback/Notice.tsx';
import { loadFault } from '../feedback/loadFault.ts';
import styles from './session.module.css';

type Fault =
  | { readonly at: 'username' | 'password'; readonly message: string }
  | { readonly at: 'form'; readonly problem: SyncProblem };

/** Signs in and calls `onSignedIn`; a refusal stands beside the field that it is about. */
export function LoginForm({ onSignedIn }: { readonly onSignedIn: () => void }) {
  const { t } = useTranslation();
  const { config } = usePanelServices();
  const queries = useQueryClient();
  const username = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [isRunning, setRunning] = useState(false);

  const refuse = (next: Fault) => {
    setFault(next);
    if (next.at !== 'form') (next.at === 'username' ? username : password).current?.focus();
  };
  const signIn = async (name: string, secret: string) => {
    const body = JSON.stringify({ username: name, password: secret });
    const session = (await requestJson(`${config.backendUrl}/api/auth/login`, { method: 'POST', body })) as Session;
    queries.setQueryData(['session'], session);
    onSignedIn();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    // Read from the page: a password manager may fill an input without telling React.
    const name = username.current?.value.trim() ?? '';
    const secret = password.current?.value ?? '';
    if (name === '') return refuse({ at: 'username', message: t('login.nameMissing') });
    if (secret === '') return refuse({ at: 'password', message: t('login.passwordMissing') });
    setFault(null);
    setRunning(true);
    signIn(name, secret)
      .catch((error: unknown) => {
        if (!(error instanceof SyncRequestError)) throw error;
        if (error.problem.status === 401) refuse({ at: 'password', message: t('login.refused') });
        else refuse({ at: 'form', problem: error.problem });
      })
      .finally(() => setRunning(false));
  };
  const messageAt = (at: 'username' | 'password') => (fault?.at === at ? fault.message : undefined);

  return (
    <form className={styles.form} method="post" noValidate onSubmit={onSubmit}>
      {fault?.at === 'form' && (
        <Notice tone="bad" urgent>
          {fault.problem.status === 429 ? t('login.tooMany') : t(`common.${loadFault(fault.problem)}`)}
        </Notice>
      )}
      <TextField
        ref={username}
        name="username"
        label={t('login.name')}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        marked={false}
        error={messageAt('username')}
        data-autofocus
      />
      <TextField
        ref={password}
        name="password"
        type="password"
        label={t('login.password')}
        autoComplete="current-password"
        required
        marked={false}
        error={messageAt('password')}
      />
      <Button type="submit" disabled={isRunning}>
        {t(isRunning ? 'login.running' : 'login.button')}
      </Button>
    </form>
  );
}
