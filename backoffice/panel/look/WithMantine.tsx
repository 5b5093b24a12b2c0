/** Mantine for the parts that need it; they are loaded when they are first shown, and the first page has none of it. */
import { MantineProvider } from '@mantine/core';
import '@mantine/core/styles/default-css-variables.layer.css';
import '@mantine/core/styles/UnstyledButton.layer.css';
import '@mantine/core/styles/Loader.layer.css';
import '@mantine/core/styles/Button.layer.css';
import '@mantine/core/styles/CloseButton.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import '@mantine/core/styles/Group.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/ModalBase.layer.css';
import type { ReactNode } from 'react';
import { colours, theme } from './theme.ts';
import { useColorScheme } from './useColorScheme.ts';

/** Gives Mantine's components the theme and the colour scheme of the panel. */
export function WithMantine({ children }: { readonly children: ReactNode }) {
  const { shown } = useColorScheme();
  return (
    <MantineProvider theme={theme} cssVariablesResolver={colours} forceColorScheme={shown}>
      {children}
    </MantineProvider>
  );
}
