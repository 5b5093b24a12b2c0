import { createContext, useContext } from 'react';
import type { PanelServices } from './createPanelServices.ts';

/** Carries the services of the panel to its screens. */
export const PanelServicesContext = createContext<PanelServices | null>(null);

/** The services of the panel; throws outside the panel, which is a mistake of the programmer. */
export function usePanelServices(): PanelServices {
  const services = useContext(PanelServicesContext);
  if (services === null) throw new Error('A panel screen was drawn outside PanelServicesContext.');
  return services;
}
