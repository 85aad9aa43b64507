/** Every permission that opens something here, by Django's codename: superusers may all of it without holding any. */
export const PERMISSIONS = [
  'view_user',
  'add_user',
  'change_user',
  'delete_user',
  'view_group',
  'add_group',
  'change_group',
  'delete_group',
  'view_session',
  'delete_session',
  'view_outstandingtoken',
  'delete_outstandingtoken',
  'view_key',
  'change_key',
  'view_auditevent',
  'view_import',
  'view_setting',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** The label under which Latchkey stores its own: no Django project has an app of this name unless it wants to. */
const OWN = 'latchkey';

/**
 * What counts besides `latchkey.<codename>`: exactly these strings of Django, each of which let its holder do the same there.
 * `api.User` is the account of the original. A codename under another label is another model's
 * (`shop.change_group` is about groups of goods), and opens nothing.
 */
const DJANGOS: Readonly<Record<string, Permission>> = {
  ...ofModels(['auth', 'api'], 'user'),
  ...ofModels(['auth'], 'group'),
  'token_blacklist.view_outstandingtoken': 'view_outstandingtoken',
  'token_blacklist.add_blacklistedtoken': 'delete_outstandingtoken',
};

function ofModels(labels: readonly string[], model: 'user' | 'group'): Record<string, Permission> {
  const actions = ['view', 'add', 'change', 'delete'] as const;
  const names = labels.flatMap((label) =>
    actions.map((action) => [`${label}.${action}_${model}`, `${action}_${model}`] as const),
  );
  return Object.fromEntries(names);
}

const BY_STORED: ReadonlyMap<string, Permission> = new Map([
  ...Object.entries(DJANGOS),
  ...PERMISSIONS.map((codename) => [storedAs(codename), codename] as const),
]);

/** As it is written when it is granted here. */
export function storedAs(codename: Permission): string {
  return `${OWN}.${codename}`;
}

/** What a stored permission opens here; undefined for one of a Django project's own, which only means something there. */
export function codenameOf(stored: string): Permission | undefined {
  return BY_STORED.get(stored);
}

/** What stored permissions open here, each once, in the order of `PERMISSIONS`. */
export function codenamesOf(stored: Iterable<string>): readonly Permission[] {
  const held = new Set([...stored].map(codenameOf));
  return PERMISSIONS.filter((codename) => held.has(codename));
}
