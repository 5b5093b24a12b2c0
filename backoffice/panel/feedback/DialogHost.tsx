/** The dialogs and toasts of the panel. */
import { Notifications, notifications } from '@mantine/notifications';
import { modals, ModalsProvider } from '@mantine/modals';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/core/styles/Notification.layer.css';
import '@mantine/notifications/styles.layer.css';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { WithMantine } from '../look/WithMantine.tsx';
import { dialogHost, type Question, type Toast } from './askUser.ts';

/** Stands once beside the screens and answers `askUser` and `tellUser`. */
export function DialogHost() {
  const { t } = useTranslation();
  const close = t('common.close');
  useEffect(() => {
    dialogHost.attach({
      ask: (question) => ask(question, close),
      tell: (toast) => tell(toast, close),
      end: (id) => notifications.hide(id),
    });
    return () => dialogHost.attach(undefined);
  }, [close]);
  return (
    <WithMantine>
      <ModalsProvider>
        {/* The bottom is where the state of the save and Save itself are. */}
        <Notifications position="top-center" limit={5} />
      </ModalsProvider>
    </WithMantine>
  );
}

const colours: Readonly<Record<Toast['tone'], string>> = {
  good: 'teal.9',
  bad: 'red.9',
  waiting: 'yellow.9',
  plain: 'indigo.7',
};

/** How long a toast stands, in milliseconds. */
const standsMs = 8000;
let toasts = 0;

/** Mantine stops the time of every toast while one is pointed at; one that has the focus is stopped here. */
function tell(toast: Toast, close: string): void {
  const { tone, isUrgent = tone === 'bad', title, message, onGone } = toast;
  const id = toast.id ?? `toast-${(toasts += 1)}`;
  const shown = {
    id,
    title,
    message,
    color: colours[tone],
    role: isUrgent ? 'alert' : 'status',
    autoClose: standsMs,
    closeButtonProps: { 'aria-label': close },
    // Below a title Mantine's own grey misses 4.5:1.
    styles: { description: { color: 'var(--panel-text)' } },
    onFocus: () => notifications.update({ id, message, autoClose: false }),
    onBlur: () => notifications.update({ id, message, autoClose: standsMs }),
    onClose: onGone,
  };
  // One of them does nothing: a toast that is there is changed, one that is not is shown.
  notifications.update(shown);
  notifications.show(shown);
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
