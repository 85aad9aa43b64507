import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Look } from '../shared/look.tsx';
import { queryClient } from './api/queries.ts';
import { router } from './router.tsx';
import { Gate } from './session/gate.tsx';

/** Shows the site in this place, instead of what was there. */
export function openSite(place: HTMLElement): void {
  createRoot(place).render(
    <StrictMode>
      <Look>
        <QueryClientProvider client={queryClient}>
          <Gate>
            <RouterProvider router={router} />
          </Gate>
        </QueryClientProvider>
      </Look>
    </StrictMode>,
  );
}
