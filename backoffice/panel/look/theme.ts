/** Mantine in the colours of the panel, for what it draws: dialogs, toasts and the drawer. */
import { createTheme, type CSSVariablesResolver } from '@mantine/core';

/** Mantine's theme of the panel. */
export const theme = createTheme({
  primaryColor: 'indigo',
  // Shade 6, Mantine's own, misses 4.5:1 for white text on several colours.
  primaryShade: { light: 7, dark: 8 },
  autoContrast: true,
  respectReducedMotion: true,
  defaultRadius: 'sm',
  cursorType: 'pointer',
  fontFamily: 'var(--panel-font)',
  fontSizes: { sm: '0.9375rem', md: '1rem' },
  components: { Badge: { defaultProps: { variant: 'outline', tt: 'none' } } },
});

/** Colours of Mantine that are too pale for small text are those of the panel instead. */
export const colours: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-dimmed': 'var(--panel-quiet)',
    '--mantine-color-placeholder': 'var(--panel-quiet)',
    '--mantine-color-error': 'var(--panel-bad)',
    '--mantine-color-body': 'var(--panel-body)',
    '--mantine-color-text': 'var(--panel-text)',
  };
  return { variables: {}, light: both, dark: both };
};
