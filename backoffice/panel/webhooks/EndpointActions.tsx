/** Everything that can be done with an endpoint, and what came of it. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import { Button } from '../controls/Button.tsx';
import { buttonClass } from '../controls/buttonClass.ts';
import { askUser, tellUser } from '../feedback/askUser.ts';
import { Notice } from '../feedback/Notice.tsx';
import type { Delivery } from './delivery.ts';
import { endpointName, type Endpoint, type EndpointWithSecret } from './endpoint.ts';
import { OutcomeNotice } from './OutcomeNotice.tsx';
import { ProblemNotice } from './ProblemNotice.tsx';
import { ReplayForm } from './ReplayForm.tsx';
import { useAction } from './useAction.ts';
import { useWebhookApi } from './useWebhookApi.ts';
import styles from './webhooks.module.css';

/** The buttons; a new secret goes to `onSecret`. */
export function EndpointActions({
  endpoint,
  onSecret,
}: {
  readonly endpoint: Endpoint;
  readonly onSecret: (endpoint: EndpointWithSecret) => void;
}) {
  const { t } = useTranslation();
  const api = useWebhookApi();
  const navigate = useNavigate();
  const { run, running, problem } = useAction();
  const [result, setResult] = useState<Delivery | string | null>(null);
  const [isReplaying, setReplaying] = useState(false);
  const { id, active, disabledReason } = endpoint;
  const address = `/webhooks/${encodeURIComponent(id)}`;

  const show = async (name: string, work: () => Promise<Delivery | string>) => {
    setResult(null);
    const next = await run(name, work);
    if (next !== undefined) setResult(next);
  };
  const test = () => void show('test', async () => api.test(id));
  const setActive = () =>
    void show('active', async () => {
      await api.change(id, { active: !active });
      return t(active ? 'webhooks.actions.paused' : 'webhooks.actions.resumed');
    });
  const replay = (since: string) =>
    void show('replay', async () => {
      const count = await api.replay(id, since);
      setReplaying(false);
      return count === null ? t('webhooks.replay.tooLongAgo') : t('webhooks.replay.done', { count });
    });
  const rotate = async () => {
    const of = 'webhooks.rotate';
    const question = { title: t(`${of}.title`), body: t(`${of}.body`), confirm: t(`${of}.confirm`) };
    if (running !== null || !(await askUser({ ...question, cancel: t('common.cancel') }))) return;
    const answer = await run('rotate', async () => api.rotate(id));
    if (answer !== undefined) onSecret(answer);
  };
  const remove = async () => {
    const of = 'webhooks.remove';
    const name = endpointName(endpoint);
    const question = {
      title: t(`${of}.title`, { name }),
      body: t(`${of}.body`, { url: endpoint.url }),
      confirm: t(`${of}.confirm`),
      cancel: t('common.cancel'),
      isFinal: true,
    };
    if (running !== null || !(await askUser(question))) return;
    const isGone = await run('delete', async () => {
      await api.remove(id);
      return true;
    });
    if (isGone === undefined) return;
    tellUser({ tone: 'good', message: t(`${of}.done`, { name }) });
    await navigate('/webhooks');
    api.forget(id);
  };
  const resumeLabel = disabledReason ? 'webhooks.actions.switchOn' : 'webhooks.actions.resume';
  const isBusy = running !== null;

  return (
    <>
      <div className={styles.actions} role="group" aria-label={t('webhooks.actions.label')}>
        <Button aria-disabled={isBusy} onClick={test}>
          {t(running === 'test' ? 'webhooks.actions.testing' : 'webhooks.actions.test')}
        </Button>
        <Button look="default" aria-disabled={isBusy} onClick={setActive}>
          {t(active ? 'webhooks.actions.pause' : resumeLabel)}
        </Button>
        <Link to={`${address}/edit`} className={buttonClass('default')}>
          {t('webhooks.actions.edit')}
        </Link>
        <Button look="default" aria-expanded={isReplaying} onClick={() => setReplaying(!isReplaying)}>
          {t('webhooks.actions.replay')}
        </Button>
        <Button look="default" aria-disabled={isBusy} onClick={() => void rotate()}>
          {t('webhooks.actions.rotate')}
        </Button>
        <Button look="danger" aria-disabled={isBusy} onClick={() => void remove()}>
          {t('webhooks.actions.delete')}
        </Button>
      </div>
      {isReplaying && <ReplayForm isRunning={isBusy} onReplay={replay} />}
      {problem !== null && <ProblemNotice problem={problem} />}
      <div role="status" className={styles.result}>
        {typeof result === 'string' && <Notice tone="plain">{result}</Notice>}
        {result !== null && typeof result !== 'string' && (
          <OutcomeNotice delivery={result} to={`${address}/deliveries/${encodeURIComponent(result.id)}`} />
        )}
      </div>
    </>
  );
}
