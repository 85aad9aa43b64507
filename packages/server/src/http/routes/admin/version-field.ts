/** The version of what staff save, where it is shown. */
export const VERSION = {
  schema: {
    type: 'string',
    description:
      'Stands for what can be saved of it. Send it with a PATCH, and nothing is saved over that you did not read',
  },
  example: 'u8Xq0c2mTz.fW1nY7Lk3d',
};

/** The same where it is sent. Digests of ten fields take 109 characters. */
export const VERSION_FIELD = {
  version: { kind: 'string', label: 'Version', required: false, maxLength: 200 },
} as const;
