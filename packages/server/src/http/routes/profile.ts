import { changeProfile, showProfile } from '../../domain/accounts/profile.ts';
import type { App } from '../../domain/app.ts';
import { UPLOAD } from '../../domain/limits/limit.ts';
import { PICTURE_BYTES } from '../../domain/media/media.ts';
import { done, type Outcome, refuse } from '../../domain/outcome.ts';
import type { Account } from '../../domain/store.ts';
import type { Data } from '../body.ts';
import { contentOf } from '../form-body.ts';
import { pictureUrl } from '../media.ts';
import { callerOf, operation, type Route } from '../route.ts';

const EXAMPLE = {
  username: 'alice',
  email: 'alice@example.com',
  full_name: 'Alice Liddell',
  bio: '',
  image: 'pictures/5d41402abc4b2a76b9719d911017c592.webp',
  image_url: '/media/pictures/5d41402abc4b2a76b9719d911017c592.webp',
  verified: true,
};

const PROFILE = {
  type: 'object',
  required: Object.keys(EXAMPLE),
  properties: {
    username: { type: 'string' },
    email: { type: 'string' },
    full_name: { type: 'string' },
    bio: { type: 'string' },
    image: { type: 'string', description: 'As it is in the tokens' },
    image_url: { type: ['string', 'null'], description: 'Where it is served; null while pictures are off' },
    verified: { type: 'boolean', description: 'Nobody can set it himself' },
  },
};

function toBody(app: App, { username, email, profile }: Account) {
  const { fullName, bio, image, verified } = profile;
  return { username, email, full_name: fullName, bio, image, image_url: pictureUrl(app, image), verified };
}

/** What the body says about the picture: a file, null or '' for none any more, or nothing. */
function imageIn(data: Data): Outcome<Uint8Array | null | undefined, 'faulty_fields'> {
  const image =
    typeof data === 'object' && data !== null && Object.hasOwn(data, 'image')
      ? (data as { readonly image: unknown }).image
      : undefined;
  if (image === undefined) return done(undefined);
  if (image === null || image === '') return done(null);
  const content = contentOf(image);
  if (content !== undefined) return done(content);
  return refuse('faulty_fields', { faults: { image: [{ code: 'picture_not_a_file' }] } });
}

/** /api/profile/: what an application shows of who asks. */
export const profileRoute: Route = {
  path: '/api/profile/',
  chapter: 'Accounts',
  name: 'Profile',
  description: 'The profile of who asks.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'Show the profile of the caller',
      success: { status: 200, schema: PROFILE, example: EXAMPLE },
      refusals: ['user_not_found'],
      handle: async (call) => {
        const { app } = call;
        const shown = await showProfile(app, callerOf(call));
        return shown.ok ? done(toBody(app, shown.value)) : shown;
      },
    }),
    PATCH: operation({
      summary: 'Change the profile; the next tokens carry it',
      fields: {
        full_name: { kind: 'string', label: 'Full name', required: false, mayBeBlank: true, maxLength: 300 },
        bio: { kind: 'string', label: 'Bio', required: false, mayBeBlank: true, maxLength: 300 },
      },
      upload: { field: 'image', bytes: PICTURE_BYTES, limits: UPLOAD },
      example: { full_name: 'Alice Liddell' },
      success: { status: 200, schema: PROFILE, example: EXAMPLE },
      refusals: ['faulty_fields', 'server_busy', 'throttled', 'user_not_found'],
      handle: async (call) => {
        const { app, values } = call;
        const image = imageIn(call.data);
        if (!image.ok) return image;
        const changes = { fullName: values.full_name, bio: values.bio, image: image.value };
        const changed = await changeProfile(app, callerOf(call), changes, call.origin);
        return changed.ok ? done(toBody(app, changed.value)) : changed;
      },
    }),
  },
};
