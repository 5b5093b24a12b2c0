/** The dialogs and toasts of the panel. */
import { Notifications, notifications } from '@mantine/notifications';
import { modals, ModalsProvider } from '@mantine/modals';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/core/styles/Notification.layer.css';
import '@mantine/notifications/styles.layer.css';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { WithMantine } from '../look/WithMantine.tsx';
import { dialogHost, type Question } from './askUser.ts';

/** Stands once beside the screens and answers `askUser` and `tellUser`. */
export function DialogHost() {
  const { t } = useTranslation();
  const close = t('common.close');
  useEffect(() => {
    dialogHost.attach({
      ask: (question) => ask(question, close),
      tell: ({ tone, message }) =>
        void notifications.show({
          message,
          color: tone === 'good' ? 'teal.9' : 'red.9',
          autoClose: 8000,
          closeButtonProps: { 'aria-label': close },
        }),
    });
    return () => dialogHost.attach(undefined);
  }, [close]);
  return (
    <WithMantine>
      <ModalsProvider>
        {/* The bottom is where the state of the save and Save itself are. */}
        <Notifications position="top-center" limit={3} />
      </ModalsProvider>
    </WithMantine>
  );
}

function ask(question: Question, close: string): Promise<boolean> {
  return new Promise((resolve) => {
    modals.openConfirmModal({
      title: question.title,
      children: question.body,
      centered: true,
      labels: { confirm: question.confirm, cancel: question.cancel },
      confirmProps: question.isFinal === true ? { color: 'red.9' } : {},
      // Enter then never destroys by accident.
      cancelProps: { 'data-autofocus': true },
      closeButtonProps: { 'aria-label': close },
      onConfirm: () => resolve(true),
      onCancel: () => resolve(false),
      onClose: () => resolve(false),
    });
  });
}
