import { PERMISSIONS } from '../../../domain/admin/permissions.ts';
import { type ShownUser, saveableOf } from '../../../domain/admin/users/show.ts';
import { versionOf } from '../../../domain/admin/version.ts';
import type { App } from '../../../domain/app.ts';
import { HASH_NAMES, hashNameOf, isUsablePassword } from '../../../domain/passwords/kind.ts';
import type { Account } from '../../../domain/store.ts';
import { ISO, ISO_OR_NULL, iso } from '../../iso.ts';
import { MEDIA_PATH } from '../../media.ts';
import { VERSION } from './version-field.ts';

export const USER_EXAMPLE = {
  id: 7,
  username: 'alice',
  email: 'alice@example.com',
  full_name: 'Alice Liddell',
  image: 'pictures/5d41402abc4b2a76b9719d911017c592.webp',
  image_url: '/media/pictures/5d41402abc4b2a76b9719d911017c592.webp',
  is_active: true,
  is_staff: false,
  is_superuser: false,
  verified: true,
  has_usable_password: true,
  hash: 'argon2',
  date_joined: '2026-01-05T09:00:00.000Z',
  last_login: null,
};

const TEXT = { type: 'string' };
const FLAG = { type: 'boolean' };

/** The schema of an account in a list. */
export const USER = {
  type: 'object',
  required: Object.keys(USER_EXAMPLE),
  properties: {
    id: { type: 'integer' },
    username: TEXT,
    email: { ...TEXT, description: 'Empty when there is none' },
    full_name: TEXT,
    image: { ...TEXT, description: 'As it is in the tokens' },
    image_url: { type: ['string', 'null'], description: 'Where it is served; null while pictures are off' },
    is_active: FLAG,
    is_staff: FLAG,
    is_superuser: FLAG,
    verified: FLAG,
    has_usable_password: FLAG,
    hash: {
      type: ['string', 'null'],
      enum: [...HASH_NAMES, 'unknown', null],
      description: 'How the password is stored; null when none is usable',
    },
    date_joined: ISO,
    last_login: ISO_OR_NULL,
  },
};

/** An account in a list. Nothing of its password but how it is stored. */
export function userBody({ config, media }: Pick<App, 'config' | 'media'>, account: Account) {
  const { id, username, email, isActive, isStaff, isSuperuser, password, profile } = account;
  const path = profile.image.split('/').map(encodeURIComponent).join('/');
  return {
    id,
    username,
    email,
    full_name: profile.fullName,
    image: profile.image,
    image_url: media === undefined ? null : `${config.publicUrl ?? ''}${MEDIA_PATH}${path}`,
    is_active: isActive,
    is_staff: isStaff,
    is_superuser: isSuperuser,
    verified: profile.verified,
    has_usable_password: isUsablePassword(password),
    hash: hashNameOf(password) ?? null,
    date_joined: iso(account.createdAt),
    last_login: iso(account.lastLoginAt),
  };
}

const MORE_EXAMPLE = {
  bio: '',
  first_name: '',
  last_name: '',
  groups: [{ id: 1, name: 'Support' }],
  permissions: ['view_user'],
  requires_new_password: false,
  sessions_live: 2,
  version: VERSION.example,
};

export const DETAIL_EXAMPLE = { ...USER_EXAMPLE, ...MORE_EXAMPLE };

/** The schema of one account. */
export const DETAIL = {
  ...USER,
  required: Object.keys(DETAIL_EXAMPLE),
  properties: {
    ...USER.properties,
    bio: TEXT,
    first_name: TEXT,
    last_name: TEXT,
    groups: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'name'],
        properties: { id: { type: 'integer' }, name: TEXT },
      },
    },
    permissions: {
      type: 'array',
      items: { type: 'string', enum: PERMISSIONS },
      description: 'Its own, without those of its groups',
    },
    requires_new_password: { ...FLAG, description: 'Nobody logs in until a link has set another password' },
    sessions_live: { type: 'integer' },
    version: VERSION.schema,
  },
};

/** One account as staff see it. */
export function detailBody(app: Pick<App, 'config' | 'media'>, user: ShownUser) {
  const { account, firstName, lastName, sessionsLive } = user;
  const saveable = saveableOf(user);
  return {
    ...userBody(app, account),
    bio: saveable.bio,
    first_name: firstName,
    last_name: lastName,
    groups: saveable.groups,
    permissions: saveable.permissions,
    requires_new_password: account.requiresNewPassword,
    sessions_live: sessionsLive,
    version: versionOf(saveable),
  };
}
