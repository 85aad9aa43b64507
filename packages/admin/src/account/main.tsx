import './account.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Look } from '../shared/look.tsx';
import { App } from './app.tsx';
import { queryClient } from './server.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(
  <StrictMode>
    <Look>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </Look>
  </StrictMode>,
);
