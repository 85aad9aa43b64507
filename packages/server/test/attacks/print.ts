// npm run attacks:page: prints docs/security.md anew from the titles of the tests.
import { writeFileSync } from 'node:fs';
import { securityPage } from './page.ts';
import { allNamedTests } from './titles.ts';

writeFileSync(new URL('../../../../docs/security.md', import.meta.url), securityPage(allNamedTests()));
