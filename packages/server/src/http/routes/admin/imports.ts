import { listImports, showImport } from '../../../domain/admin/imports.ts';
import type { KeptReport } from '../../../domain/import/import-store.ts';
import { done } from '../../../domain/outcome.ts';
import { ISO, iso } from '../../iso.ts';
import { pageBody, pageParameters, pageRequest, pageSuccess } from '../../pages.ts';
import { operation, type Route, staffOf } from '../../route.ts';

const EXAMPLE = {
  id: 1,
  at: '2026-01-05T09:00:00.000Z',
  summary: 'added: 3, changed: 0, as they were: 0\nusers that will not be able to log in: 0',
};

const SUMMARY = { type: 'string', description: 'What `latchkey import-django` printed' };

const REPORT = {
  type: 'object',
  required: Object.keys(EXAMPLE),
  properties: { id: { type: 'integer' }, at: ISO, summary: SUMMARY },
};

const toBody = ({ id, at, summary }: KeptReport) => ({ id, at: iso(at), summary });

/** GET /api/admin/imports/: what imports said in the end. */
export const adminImportsRoute: Route = {
  path: '/api/admin/imports/',
  chapter: 'Admin',
  name: 'Admin Imports',
  description: 'Reports of imports from a Django database that wrote something; the newest 50 are kept.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'List the reports of imports, the newest first',
      staff: 'view_import',
      query: pageParameters('number'),
      success: pageSuccess(REPORT, EXAMPLE),
      refusals: [],
      handle: async (call) => {
        const page = await listImports(call.app, staffOf(call), pageRequest(call.query));
        return done(pageBody(call, page, ({ id }) => [id], toBody));
      },
    }),
  },
};

/** GET /api/admin/imports/{id}/: one of them, whole. */
export const adminImportRoute: Route = {
  path: '/api/admin/imports/{id}/',
  parameters: { id: { about: 'The id of a report', pattern: '[1-9]\\d{0,14}', example: '1' } },
  chapter: 'Admin',
  name: 'Admin Import',
  description: 'What one import said in the end.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'Show the report of an import; of its long lists the first 1,000',
      staff: 'view_import',
      query: {},
      success: {
        status: 200,
        schema: {
          ...REPORT,
          required: [...REPORT.required, 'report'],
          properties: {
            ...REPORT.properties,
            report: { type: 'object', description: 'What `latchkey import-django --json` printed' },
          },
        },
        example: { ...EXAMPLE, report: { isDryRun: false } },
      },
      refusals: ['import_not_found'],
      handle: async (call) => {
        const found = await showImport(call.app, staffOf(call), Number(call.parameters.id));
        return found.ok ? done({ ...toBody(found.value), report: found.value.report }) : found;
      },
    }),
  },
};
