import { configure } from '@testing-library/react';
import { vi } from 'vitest';

/** Sets the deadlines of a file for a machine that is busy: a wait ends when what it waits for is there, this late at worst. */
export function bePatient(): void {
  configure({ asyncUtilTimeout: 25_000 });
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
}
