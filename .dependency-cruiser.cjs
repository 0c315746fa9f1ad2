// The direction of imports. docs/architecture.md draws it; this file holds it.
const folder = (names) => `^src/(${names})(/|\\.ts$)`;
const rule = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: to },
});

/**
 * The features of `src/api` and `src/models`, and the files of other features that import them. A feature has the same
 * name in every layer, so `src/worker/erasureWorker.ts` belongs to erasure.
 */
const FEATURES = {
  discovery: [
    'models/feedback/storeBatch', // notes new texts in the transaction that stores them
    'models/feedback/oldIds', // rewrites ids, also in notes and sketches
    'worker/ingest/ingestWorker', // counts phrases between batches
  ],
  erasure: [
    'models/feedback/storeBatch', // passes a fence in the transaction that stores feedback
    'worker/ingest/', // drops what is erased
    'worker/importWorker', // the same
  ],
  'imports?': [
    'models/erasure/eraseOrgSettings', // the erasure of an org erases its imports
    'service/gauges',
  ],
  insights: ['api/discovery/'], // same periods and trends
  keys: ['api/authentication', 'api/requestPipeline'], // authentication and CORS
  rankings: [
    'models/aggregates/(partsWriter|prepareSubtraction)', // notes changes in the transaction that makes them
    'api/reading/', // rankings are read beside totals
    'worker/erasureWorker', // nothing of what is erased may stay
    'worker/ingest/ingestWorker', // adds noted changes beside the ingest
  ],
  reanalysis: [],
  retention: [
    'api/settings/', // a rule is a setting
    'models/imports/undoImport', // takes feedback back
  ],
  search: [
    'api/reading/feedbackRoutes', // lists feedback
    'models/feedback/(storeBatch|oldIds)', // note what they change, in their transactions
    'models/(erasure/eraseFeedback|reanalysis/reanalyse|retention/(expiredFeedback|removeFeedback))', // the same
  ],
  settings: [],
  taxonomy: [],
  zones: [
    'models/feedback/storeBatch', // marks the local days of what it stores
    'models/settings/', // the zone is a setting
    'worker/ingest/ingestWorker', // writers read the zones behind their fences
  ],
};
/** Puts the features together. */
const COMPOSITION = '^src/(main\\.ts|service/|commands/|api/create(App|Routes|ExpressApp)\\.ts|models/database\\.ts)';
/** Types and objects that a whole process shares: passed in from the composition, so importing them couples little. */
const SHARED_BY_ALL =
  '^src/(api/keys/keyCache|models/(keys/keySchema|retention/retentionCutoff|settings/(activeSettings|settingsSchema)|taxonomy/activeTaxonomies|zones/activeZones))\\.ts$';
const ownFeatureOnly = ([feature, importers]) => ({
  name: `${feature}-is-imported-by-itself`,
  comment: 'a feature is imported by itself, by the composition, and by what FEATURES names',
  severity: 'error',
  from: {
    path: '^src/',
    pathNot: [COMPOSITION, `^src/[^/]+/${feature}`, ...importers.map((importer) => `^src/${importer}`)],
  },
  to: { path: `^src/(api|models)/${feature}/`, pathNot: SHARED_BY_ALL },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    rule(
      'pure-code-does-no-io',
      folder('analysis|aggregates|redaction'),
      '^(node:|fs$|net$|http$|child_process$)|node_modules/(mongoose|mongodb|bullmq|ioredis|express|pino|prom-client)/',
      'analysis, aggregates and redaction are functions of their arguments',
    ),
    {
      name: 'pure-code-imports-only-pure-code',
      severity: 'error',
      from: { path: folder('analysis|aggregates|redaction') },
      to: { path: '^src/', pathNot: folder('analysis|aggregates|redaction') },
    },
    rule(
      'nothing-imports-the-ends',
      folder('analysis|aggregates|redaction|models|queues|metrics|stores|ingest'),
      folder('api|worker|main|commands'),
      'api and worker are the ends of the path',
    ),
    rule(
      'only-the-composition-knows-roles',
      '^src/(?!commands/serviceCommands\\.ts$|service/)',
      folder('service'),
      'roles put together what is made elsewhere',
    ),
    rule('api-and-worker-are-strangers', folder('api'), folder('worker'), 'they meet in the queue'),
    rule('worker-does-not-know-the-api', folder('worker'), folder('api'), 'they meet in the queue'),
    {
      name: 'only-models-talk-to-mongodb',
      severity: 'error',
      from: { path: '^src/', pathNot: folder('models|stores') },
      to: { path: 'node_modules/(mongoose|mongodb)/' },
    },
    {
      name: 'only-queues-make-queues',
      severity: 'error',
      from: { path: '^src/', pathNot: folder('queues') },
      to: { path: 'node_modules/bullmq/' },
    },
    {
      name: 'sign-in-stands-apart',
      comment: 'a library could take its place: only createSignIn, and the models that the commands need, are used',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: `${folder('api/signIn|api/people|models/people|models/signIn')}|^src/(models/database|commands/peopleCommands)\\.ts$`,
      },
      to: {
        path: folder('api/signIn|api/people|models/people|models/signIn'),
        pathNot: '^src/api/signIn/createSignIn\\.ts$',
      },
    },
    {
      name: 'a-role-loads-alone',
      comment: 'what only the other role needs takes time to load, and memory',
      severity: 'error',
      from: { path: '^src/service/startService\\.ts$' },
      to: { path: '^src/service/(startWorkers|startApi)\\.ts$', dynamic: false },
    },
    ...Object.entries(FEATURES).map(ownFeatureOnly),
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
