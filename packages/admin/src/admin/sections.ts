import type { Codename } from './api/types.ts';
import type { Rights } from './rights.ts';
import { texts } from './texts.ts';

/** The parts of the site, and who may see each. */
export const SECTIONS = [
  { to: '/overview', label: texts.sections.overview, right: 'view_user' },
  { to: '/users', label: texts.sections.users, right: 'view_user' },
  { to: '/groups', label: texts.sections.groups, right: 'view_group' },
  { to: '/tokens', label: texts.sections.tokens, right: 'view_outstandingtoken' },
  { to: '/keys', label: texts.sections.keys, right: 'view_key' },
  { to: '/audit', label: texts.sections.audit, right: 'view_auditevent' },
  { to: '/explain', label: texts.sections.explain, right: 'view_auditevent' },
  { to: '/imports', label: texts.sections.imports, right: 'view_import' },
  { to: '/settings', label: texts.sections.settings, right: 'view_setting' },
] as const satisfies readonly { to: string; label: string; right: Codename }[];

export const sectionsFor = ({ may }: Rights) => SECTIONS.filter(({ right }) => may(right));

/** Where somebody begins. Who may see nothing comes to the overview, which says so. */
export const firstPageFor = (rights: Rights) => sectionsFor(rights)[0]?.to ?? '/overview';
