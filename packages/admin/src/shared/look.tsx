import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './look.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { nonce } from './page.ts';
import { schemeManager } from './scheme.ts';
import { cssVariables, theme } from './theme.ts';

/** Colours, fonts and messages of both sites. The colour scheme is the system's until somebody chooses one. */
export function Look({ children }: { readonly children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={schemeManager}
      getStyleNonce={() => nonce}
    >
      <Notifications position="bottom-right" />
      {children}
    </MantineProvider>
  );
}
