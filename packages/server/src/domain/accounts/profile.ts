import type { Actor } from '../actor.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import type { Fault } from '../fault.ts';
import { DEFAULT_PICTURE } from '../media/default-picture.ts';
import { isOwnPicture, type Media, newPictureName, PICTURE_BYTES, UPLOAD_SIDE } from '../media/media.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import type { Account, Profile, Store } from '../store.ts';

/** What a person may change of his profile; what is undefined stays. */
export interface ProfileChanges {
  readonly fullName?: string | undefined;
  readonly bio?: string | undefined;
  /** a new picture; null: none any more */
  readonly image?: Uint8Array | null | undefined;
}

type Needs = Pick<App, 'store' | 'clock' | 'random' | 'log' | 'media'>;

type Refusals = 'faulty_fields' | 'server_busy' | 'user_not_found';

/** The account of who asks. Refuses `user_not_found` when it has gone meanwhile. */
export async function showProfile(
  { store }: Pick<App, 'store'>,
  { id }: Actor,
): Promise<Outcome<Account, 'user_not_found'>> {
  const account = await store.accounts.byId(id);
  return account === undefined ? refuse('user_not_found') : done(account);
}

const faulty = (fault: Fault) => refuse('faulty_fields', { faults: { image: [fault] } });

const FAULTS = {
  no_picture: { code: 'picture_unreadable' },
  too_wide: { code: 'picture_too_wide', side: UPLOAD_SIDE },
  animated: { code: 'picture_animated' },
} as const satisfies Record<string, Fault>;

/** Draws the picture and puts it away; its name. Nobody has it yet. */
async function keepPicture(
  media: Media | undefined,
  { random }: Needs,
  bytes: Uint8Array,
): Promise<Outcome<string, 'faulty_fields' | 'server_busy'>> {
  if (media === undefined) return faulty({ code: 'pictures_off' });
  if (bytes.length === 0) return faulty({ code: 'picture_empty' });
  if (bytes.length > PICTURE_BYTES) return faulty({ code: 'picture_too_large', bytes: PICTURE_BYTES });
  const drawn = await media.queue.run(() => media.redraw(bytes));
  if (!drawn.ok) return drawn;
  if (typeof drawn.value === 'string') return faulty(FAULTS[drawn.value]);
  const name = newPictureName(random);
  await media.storage.put(name, drawn.value);
  return done(name);
}

/** The new name of the picture; undefined when it stays. */
async function imageAfter(
  app: Needs,
  image: ProfileChanges['image'],
): Promise<Outcome<string | undefined, 'faulty_fields' | 'server_busy'>> {
  if (image === undefined) return done(undefined);
  return image === null ? done(DEFAULT_PICTURE) : keepPicture(app.media, app, image);
}

/** Whoever had the picture has another. What cannot be deleted is an orphan and does no harm but take room. */
async function dropPicture({ media, log }: Pick<App, 'media' | 'log'>, name: string): Promise<void> {
  if (media === undefined || !isOwnPicture(name)) return;
  try {
    await media.storage.remove(name);
  } catch (error) {
    log.error({ error, picture: name }, 'a picture that nobody has any more could not be deleted');
  }
}

function write(
  { store: outer, clock }: Pick<Needs, 'store' | 'clock'>,
  userId: number,
  profile: Partial<Profile>,
  origin: Origin,
): ReturnType<Store['accounts']['exchangeProfile']> {
  const now = clock.now();
  return outer.transaction(async (store) => {
    const exchanged = await store.accounts.exchangeProfile(userId, profile);
    if (exchanged === undefined) return undefined;
    const { before, after } = exchanged;
    const sent = Object.keys(profile) as (keyof Profile)[];
    const fields = sent.filter((field) => before.profile[field] !== after.profile[field]);
    if (fields.length > 0)
      await store.audit.record({ event: 'account_changed', userId, fields }, now, origin);
    return exchanged;
  });
}

/**
 * Changes the caller's own profile; the account as it is then. The next tokens carry the new values. A new picture is in
 * its place before the profile names it, and the old one goes after that: a crash in between leaves a file too many,
 * never one too few.
 *
 * Refuses `faulty_fields` for a picture that is none, `server_busy` when too many are being drawn, and `user_not_found`
 * when the account has gone meanwhile.
 */
export async function changeProfile(
  app: Needs,
  { id }: Actor,
  { fullName, bio, image }: ProfileChanges,
  origin: Origin,
): Promise<Outcome<Account, Refusals>> {
  const kept = await imageAfter(app, image);
  if (!kept.ok) return kept;
  const profile = {
    ...(fullName !== undefined && { fullName }),
    ...(bio !== undefined && { bio }),
    ...(kept.value !== undefined && { image: kept.value }),
  };
  if (Object.keys(profile).length === 0) return showProfile(app, { id } as Actor);
  try {
    const exchanged = await write(app, id, profile, origin);
    if (exchanged === undefined) {
      await dropPicture(app, kept.value ?? '');
      return refuse('user_not_found');
    }
    const { before, after } = exchanged;
    if (before.profile.image !== after.profile.image) await dropPicture(app, before.profile.image);
    return done(after);
  } catch (error) {
    await dropPicture(app, kept.value ?? '');
    throw error;
  }
}
