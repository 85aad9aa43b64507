import { readAudience, readIssuer } from '../../../setting-readers.ts';
import type { PythonValue } from '../settings/python-value.ts';
import type { Diagnosis } from './diagnosis.ts';
import { asDotted, asNumber, asText, asTexts, look, type Subject, saidUnknown, shown } from './look.ts';

/** A setting of SimpleJWT that Latchkey has one answer to: what that is, and what another means. */
interface Detail {
  readonly key: string;
  readonly read: (value: PythonValue) => string | undefined;
  readonly fixed: readonly string[];
  readonly why: string;
}

const asWord = (value: PythonValue) => {
  if (value.kind === 'none') return 'None';
  if (value.kind === 'duration') return String(value.seconds);
  return asDotted(value) ?? asNumber(value)?.toString() ?? asTexts(value)?.join(', ');
};

const detail = (
  key: string,
  fixed: readonly string[],
  why: string,
  read: Detail['read'] = asWord,
): Detail => ({ key, read, fixed, why });

const DETAILS: readonly Detail[] = [
  detail('AUTH_HEADER_TYPES', ['Bearer'], 'Latchkey takes Bearer alone: change what clients send.'),
  detail(
    'AUTH_HEADER_NAME',
    ['HTTP_AUTHORIZATION'],
    'Latchkey reads the header Authorization alone.',
    asText,
  ),
  detail(
    'USER_ID_FIELD',
    ['id'],
    'Latchkey knows accounts by their number in "id": tokens with another field are not taken over.',
  ),
  detail(
    'USER_ID_CLAIM',
    ['user_id'],
    'the claim is always user_id in Latchkey: tokens with another are not taken over.',
  ),
  detail('JWK_URL', ['None', ''], 'tokens of another server are not accepted.'),
  detail('LEEWAY', ['0'], 'set JWT_LEEWAY_SECONDS to it in seconds, 300 at the most. It is 0 otherwise.'),
  detail('JTI_CLAIM', ['jti'], 'the claim is always jti in Latchkey.'),
  detail('TOKEN_TYPE_CLAIM', ['token_type'], 'the claim is always token_type in Latchkey.'),
  detail(
    'AUTH_TOKEN_CLASSES',
    ['rest_framework_simplejwt.tokens.AccessToken'],
    'Latchkey has access and refresh tokens alone, no sliding ones.',
  ),
  detail(
    'TOKEN_OBTAIN_SERIALIZER',
    ['rest_framework_simplejwt.serializers.TokenObtainPairSerializer'],
    'the claims it adds are not known here. Latchkey writes user_id, full_name, username, email, bio, image and verified; others need createLatchkey() (docs/embedding.md).',
  ),
  detail(
    'TOKEN_REFRESH_SERIALIZER',
    ['rest_framework_simplejwt.serializers.TokenRefreshSerializer'],
    'what it does is not known here.',
  ),
  detail('CHECK_REVOKE_TOKEN', ['False'], 'Latchkey ends sessions by itself when a password is changed.'),
  detail('UPDATE_LAST_LOGIN', ['False'], 'last_login is not written at each login.'),
];

const asWordOrBool =
  (read: Detail['read']): Detail['read'] =>
  (value) =>
    value.kind === 'bool' ? (value.value ? 'True' : 'False') : read(value);

/** Texts as JWT_AUDIENCE has them: one with a comma would be two there. */
const asAudience = (value: PythonValue) => {
  const texts = asTexts(value) ?? [asWord(value)];
  return texts.some((text) => text === undefined || text.includes(',')) ? undefined : texts.join(',');
};

const PARTIES = [
  { key: 'AUDIENCE', setting: 'JWT_AUDIENCE', find: asAudience, read: readAudience },
  { key: 'ISSUER', setting: 'JWT_ISSUER', find: asWord, read: readIssuer },
] as const;

/** AUDIENCE or ISSUER, which Latchkey has too. */
function judgeParty(
  subject: Subject,
  { key, setting, find, read }: (typeof PARTIES)[number],
  into: Diagnosis,
): void {
  const found = look(subject, ['SIMPLE_JWT', key], find);
  const { name: django, at, environment } = found;
  if (saidUnknown(found, into) || found.value === undefined)
    return void into.env.push({ name: setting, example: 'none', comment: `${django} at ${at} is unknown` });
  const value = found.value === 'None' ? 'none' : found.value;
  const setTo = read(value);
  if (typeof setTo === 'object' && 'fault' in setTo)
    return void into.notMapped.push({
      django,
      at,
      why: `${value}: ${setting} ${setTo.fault}.`,
      isUnknown: false,
    });
  into.mapped.push({ django, at, value: shown(found), latchkey: `${setting}=${value}` });
  if (value !== 'none' || environment !== undefined)
    into.env.push({
      name: setting,
      value,
      ...(environment && { comment: `unless ${environment} says otherwise at Django` }),
    });
}

/** Says what ISSUER and AUDIENCE are here, and which settings have another value than the one Latchkey has built in. */
export function judgeTokenDetails(subject: Subject, into: Diagnosis): void {
  const whole = subject.values.get('SIMPLE_JWT');
  if (whole?.kind !== 'dict') return;
  for (const party of PARTIES) if (whole.entries.has(party.key)) judgeParty(subject, party, into);
  for (const { key, read, fixed, why } of DETAILS) {
    const found = look(subject, ['SIMPLE_JWT', key], asWordOrBool(read));
    // A key that is not there is the default, unless the dict is changed elsewhere: said once, for the lifetimes.
    if (!whole.entries.has(key) || saidUnknown(found, into) || found.value === undefined) continue;
    if (fixed.includes(found.value))
      into.mapped.push({ django: found.name, at: found.at, value: found.value, latchkey: 'always so' });
    else
      into.notMapped.push({
        django: found.name,
        at: found.at,
        why: `${found.value}: ${why}`,
        isUnknown: false,
      });
  }
}
