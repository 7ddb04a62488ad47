import { createContext, useContext } from 'react';
import type { Planes } from './planes.ts';

/** Undefined for whoever is not signed in. */
export const PlanesContext = createContext<Planes | undefined>(undefined);

export function usePlanes(): Planes {
  const planes = useContext(PlanesContext);
  if (!planes) throw new Error('nobody is signed in');
  return planes;
}
