export type Endpoint = 'dashboard' | 'refresh' | 'verify';

/** What the look-up of the account says, with the code that goes with it. */
const OF_THE_ACCOUNT: Readonly<Record<string, string>> = {
  'User not found': 'user_not_found',
  'User is inactive': 'user_inactive',
  'Token contained no recognizable user identification': 'token_not_valid',
};

/** The body in which SimpleJWT and REST framework say a sentence at an endpoint, as recorded in contract/django. */
export function refusalBody(endpoint: Endpoint, status: number, says: string): string {
  if (status === 400) {
    const field = says.startsWith('This field') ? endpoint : 'non_field_errors';
    return JSON.stringify({ [field]: [says] });
  }
  if (says.startsWith('No active account')) return JSON.stringify({ detail: says });
  if (endpoint !== 'dashboard') return JSON.stringify({ detail: says, code: 'token_not_valid' });
  const code = OF_THE_ACCOUNT[says];
  if (code !== undefined) return JSON.stringify({ detail: says, code });
  return JSON.stringify({
    detail: 'Given token not valid for any token type',
    code: 'token_not_valid',
    messages: [{ token_class: 'AccessToken', token_type: 'access', message: says }],
  });
}
