import { Drawer } from '@mantine/core';
import '@mantine/core/styles/Drawer.layer.css';
import { useTranslation } from 'react-i18next';
import { WithMantine } from '../look/WithMantine.tsx';
import { Navigation } from './Navigation.tsx';

/** The navigation on a phone. */
export function NavigationDrawer({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <WithMantine>
      <Drawer
        opened={isOpen}
        onClose={onClose}
        size={280}
        title={t('shell.menu')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Navigation onNavigate={onClose} />
      </Drawer>
    </WithMantine>
  );
}
