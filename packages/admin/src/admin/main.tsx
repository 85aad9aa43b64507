import { Title } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import { Look } from '../shared/look.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(
  <Look>
    <Title order={1}>Latchkey admin</Title>
  </Look>,
);
