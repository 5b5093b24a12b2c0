import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const EVERYWHERE =
  /node_modules[\\/](react|react-dom|scheduler|react-router|react-router-dom|i18next|react-i18next|@tanstack|use-sync-external-store|clsx)[\\/]/;

/** The panel is built with relative addresses, so that one build can be mounted under any path. */
export default defineConfig({
  root: at('.'),
  base: './',
  cacheDir: at('../../node_modules/.vite/panel'),
  plugins: [react()],
  build: {
    outDir: at('../../dist/panel'),
    emptyOutDir: true,
    manifest: true,
    // Fonts and images as files only: a data address would need a wider content security policy.
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        // What every screen needs is one file: it compresses better, and stays cached when the panel changes.
        codeSplitting: { groups: [{ name: 'vendor', test: EVERYWHERE }] },
      },
    },
  },
});
