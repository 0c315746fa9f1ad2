import { type ImportMapping, importMappingSchema } from '../../ingest/imports/importMapping.ts';
import { mappingNameSchema } from '../../ingest/imports/mappingName.ts';
import { presets } from '../../ingest/imports/presets.ts';
import type { Models } from '../../models/database.ts';
import type { SavedMappingDocument } from '../../models/imports/importSchema.ts';
import {
  deleteMapping,
  findMapping,
  listMappings,
  saveMapping,
  TooManyMappings,
} from '../../models/imports/savedMappings.ts';
import { orgOrDeployment } from '../caller.ts';
import { invalid, Problem } from '../http/problem.ts';
import { queries } from '../reading/querySchemas.ts';
import { ok, type Route, route } from '../route.ts';
import { mappingSchema, mappingsSchema } from './importSchemas.ts';
import { MAX_MAPPING_BYTES } from './readUpload.ts';

/** Routes for mappings that an org saved by name. Shipped ones are listed beside them. */
export function mappingRoutes({ models }: { models: Models }): Route[] {
  return [
    route('GET /v1/import-mappings', {
      summary: 'List the mappings of imports: saved ones, then shipped ones for exports of known tools',
      scope: 'admin',
      query: queries.one,
      responses: ok(mappingsSchema),
      async handle({ caller, query }) {
        const saved = await listMappings(models, orgOrDeployment(caller, query));
        return { items: [...saved.map(presentSaved), ...presets.map(presentShipped)] };
      },
    }),
    route('GET /v1/import-mappings/{name}', {
      summary: 'Get one mapping of imports, saved or shipped',
      scope: 'admin',
      query: queries.one,
      responses: ok(mappingSchema),
      errors: [404],
      async handle({ caller, query, params: { name } }) {
        const saved = await findMapping(models, orgOrDeployment(caller, query), name);
        if (saved) return presentSaved(saved);
        const preset = presets.find((shipped) => shipped.name === name);
        if (!preset) throw noSuchMapping();
        return presentShipped(preset);
      },
    }),
    route('PUT /v1/import-mappings/{name}', {
      summary: 'Save a mapping of imports by name, in place of a former one',
      scope: 'admin',
      query: queries.one,
      body: importMappingSchema,
      bodyLimits: { maxBytes: MAX_MAPPING_BYTES },
      responses: ok(mappingSchema),
      errors: [409],
      async handle({ caller, actor, query, body, params: { name } }) {
        const parsed = mappingNameSchema.safeParse(name);
        if (!parsed.success) throw invalid([{ pointer: '/name', message: parsed.error.issues[0]!.message }]);
        if (presets.some((shipped) => shipped.name === name))
          throw new Problem(409, `The name ${name} is that of a shipped mapping. Choose another one.`);
        const orgId = orgOrDeployment(caller, query);
        const saving = saveMapping(models, { orgId, name, mapping: JSON.stringify(body), actor });
        const saved = await saving.catch((error) => {
          throw error instanceof TooManyMappings ? new Problem(409, `${error.message}.`) : error;
        });
        return presentSaved(saved);
      },
    }),
    route('DELETE /v1/import-mappings/{name}', {
      summary: 'Delete a saved mapping of imports',
      scope: 'admin',
      query: queries.one,
      responses: ok(mappingSchema),
      errors: [404],
      async handle({ caller, actor, query, params: { name } }) {
        const orgId = orgOrDeployment(caller, query);
        const found = await findMapping(models, orgId, name);
        if (!found || !(await deleteMapping(models, { orgId, name, actor }))) throw noSuchMapping();
        return presentSaved(found);
      },
    }),
  ];
}

const noSuchMapping = () => new Problem(404, 'This key can see no mapping with this name.');

function presentSaved({ name, mapping, savedAt, by }: SavedMappingDocument) {
  return {
    ...{ name, title: null, source: null, isShipped: false, savedAt, by },
    mapping: JSON.parse(mapping) as ImportMapping,
  };
}

function presentShipped({ name, title, source, mapping }: (typeof presets)[number]) {
  return { name, title, source, isShipped: true, savedAt: null, by: null, mapping };
}
