import { shownSettings } from '../../../config.ts';
import { done } from '../../../domain/outcome.ts';
import { SETTINGS } from '../../../settings.ts';
import { operation, type Route, staffOf } from '../../route.ts';

const EXAMPLE = {
  settings: [
    {
      name: 'LIMITS',
      value: 'off',
      source: 'set',
      about: '`on` turns away with 429 who asks too often.',
    },
  ],
  findings: [
    {
      requirement: 'ASVS 6.3.1',
      setting: 'LIMITS',
      text: 'passwords can be guessed without end',
      todo: 'Leave LIMITS out, or set LIMITS=on',
      severity: 'breach',
    },
  ],
};

const text = { type: 'string' };

const SCHEMA = {
  type: 'object',
  required: Object.keys(EXAMPLE),
  properties: {
    settings: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'value', 'source', 'about'],
        properties: {
          name: text,
          value: { ...text, description: 'Secrets are masked' },
          source: { ...text, enum: ['set', 'default'] },
          about: { ...text, description: 'Markdown' },
        },
      },
    },
    findings: {
      type: 'array',
      items: {
        type: 'object',
        required: ['requirement', 'setting', 'text', 'todo', 'severity'],
        properties: {
          requirement: { ...text, description: 'Of ASVS 5.0, or a case of the catalogue of attacks' },
          setting: text,
          text: { ...text, description: 'What breaks it' },
          todo: text,
          severity: { ...text, enum: ['breach', 'advice'] },
        },
      },
    },
  },
};

/** GET /api/admin/settings/: the settings in force, and what is to be said of them. */
export const adminSettingsRoute: Route = {
  path: '/api/admin/settings/',
  chapter: 'Admin',
  name: 'Admin Settings',
  description:
    'The settings in force. They are changed in the environment, and a server has to be started anew.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'Show the settings in force, secrets masked, and which of them break a requirement',
      staff: 'view_setting',
      query: {},
      success: { status: 200, schema: SCHEMA, example: EXAMPLE },
      refusals: [],
      handle: async (call) => {
        staffOf(call);
        const { config, settingFindings } = call.app;
        const values = shownSettings(config);
        const settings = Object.values(SETTINGS).map(({ name, about }) => {
          const source = config.given.includes(name) ? 'set' : 'default';
          return { name, value: values[name] ?? '', source, about };
        });
        const findings = settingFindings().map(({ setting, breaks, what, todo, isAdvice }) => {
          return { requirement: breaks, setting, text: what, todo, severity: isAdvice ? 'advice' : 'breach' };
        });
        return done({ settings, findings });
      },
    }),
  },
};
