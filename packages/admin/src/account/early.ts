import '../shared/early.ts';
import { facts } from '../shared/facts.ts';
import { hasKeptSession } from './kept-session.ts';

// The server cannot see this. Who was logged in sees no form before it is known whether that still holds.
if (facts.tokens === 'bearer' && hasKeptSession()) document.documentElement.dataset.returning = '';
