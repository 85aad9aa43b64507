import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { Look } from '../shared/look.tsx';
import { queryClient, sessionQuery } from './api/queries.ts';
import { router } from './router.tsx';
import { Gate } from './session/gate.tsx';

/** The pages. What the back button did while they waited for a sign-in, hidden, they have not heard of. */
function Pages() {
  useEffect(() => {
    const shown = router.state.resolvedLocation?.publicHref;
    if (shown !== undefined && shown !== router.history.location.href) void router.load();
  }, []);
  return <RouterProvider router={router} />;
}

/** Shows the site in this place, instead of what was there; that stays until it is known who is there, and a page is ready for him. */
export async function openSite(place: HTMLElement): Promise<void> {
  await queryClient.prefetchQuery(sessionQuery);
  if (queryClient.getQueryData(sessionQuery.queryKey)) await router.load();
  createRoot(place).render(
    <StrictMode>
      <Look>
        <QueryClientProvider client={queryClient}>
          <Gate>
            <Pages />
          </Gate>
        </QueryClientProvider>
      </Look>
    </StrictMode>,
  );
}
