import { Anchor, Title } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import { Look } from '../shared/look.tsx';
import { serverRoot } from '../shared/page.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(
  <Look>
    <Title order={1}>Your account</Title>
    <Anchor href={`${serverRoot}api/docs/`}>The API</Anchor>
  </Look>,
);
