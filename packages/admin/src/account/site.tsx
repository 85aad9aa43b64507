import './account.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { Look } from '../shared/look.tsx';
import { router } from './router.tsx';
import { queryClient } from './server.ts';
import { followOtherTabs, session } from './session.ts';

/** The pages follow each login and each end. What is there of one person is asked anew when another tab logged in. */
function Site() {
  useEffect(() => session.onChange(() => void router.invalidate()), []);
  useEffect(() => followOtherTabs(() => queryClient.resetQueries()), []);
  return <RouterProvider router={router} />;
}

/** Shows the pages in this place, instead of what was there; that stays until the first one is ready. */
export async function openSite(place: HTMLElement): Promise<void> {
  await router.load();
  createRoot(place).render(
    <StrictMode>
      <Look>
        <QueryClientProvider client={queryClient}>
          <Site />
        </QueryClientProvider>
      </Look>
    </StrictMode>,
  );
}
