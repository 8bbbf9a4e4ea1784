/** Who may import whom. A rule's comment says why it is there; breaking one fails `npm run check`. */
const rulesLibraries = '^node_modules/(decimal[.]js|typebox)/';
const rulesFiles =
  '^rules/(packs/(load|released)-packs|docs/write-docs|catalogues/import/.*|bill-review/read-review-tables)[.]ts$';
const adapters = 'store|gateways|http|jobs|sandbox';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files of a cycle cannot be read, tested or changed one at a time.',
      severity: 'error',
      from: {},
      // Circles of types are circles too: their files can be read only together.
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing imports is dead.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: ['[.]d[.]ts$', '^engine/main[.]ts$', '^engine/cli/', '^bench/', '^tests/'],
      },
      to: {},
    },
    {
      name: 'nothing-missing',
      comment: 'An import must lead somewhere.',
      severity: 'error',
      from: {},
      // Built by whoever has a reader; its absence is handled where it is loaded.
      to: { couldNotResolve: true, pathNot: '^(pcsclite|pkcs11js)$' },
    },
    {
      name: 'base-is-the-ground-floor',
      comment:
        'Everything stands on base, so base stands on nothing but the standard cryptography and bytes.',
      severity: 'error',
      from: { path: '^engine/base/' },
      to: { pathNot: ['^engine/base/', '^(node:)?(crypto|buffer)$'] },
    },
    {
      name: 'crypto-in-one-room',
      comment:
        'Cryptograms are pure functions of their key and data; the rest of base needs no crypto.',
      severity: 'error',
      from: { path: '^engine/base/', pathNot: '^engine/base/(crypto|signatures)/' },
      to: { path: '^(node:)?crypto$' },
    },
    {
      name: 'contract-stands-on-base',
      comment:
        'HTTP, flows, terminals and tests all read it: it must not bring the engine along with it.',
      severity: 'error',
      from: { path: '^engine/contract/' },
      to: { pathNot: ['^engine/(base|contract)/', '^node_modules/typebox/'] },
    },
    {
      name: 'domain-is-pure',
      comment:
        'What decides about money has no input, output, clock or chance: it can be replayed.',
      severity: 'error',
      from: { path: '^engine/domain/' },
      to: { pathNot: ['^engine/(base|domain)/', '^rules/'] },
    },
    {
      name: 'only-settlement-and-refund-call-rules',
      comment:
        'These two split a bill, and documents name national fields; the others know the shape of a split.',
      severity: 'error',
      from: { path: '^engine/domain/', pathNot: '^engine/domain/(settlement|refund|request)/' },
      to: { path: '^rules/', pathNot: '^rules/model/' },
    },
    {
      name: 'rules-stand-alone',
      comment: 'Rules are run by the engine, by what-if tools and by tests alike.',
      severity: 'error',
      from: { path: '^rules/', pathNot: rulesFiles },
      to: {
        pathNot: ['^rules/', '^engine/base/(money|ids|errors|time|json)/', rulesLibraries],
      },
    },
    {
      name: 'rules-read-files-at-their-edge',
      comment: 'Packs are loaded, catalogues imported and pages written here; the rest is pure.',
      severity: 'error',
      from: { path: rulesFiles },
      to: {
        pathNot: [
          ...['^rules/', '^engine/base/(money|ids|errors|time|json)/', rulesLibraries],
          ...[
            '^node_modules/csv-(parse|stringify)/',
            '^(node:)?(crypto|fs|path|stream|url)(/promises)?$',
          ],
        ],
      },
    },
    {
      name: 'render-is-pure',
      comment: 'Renderers make bytes of values; whoever stores or sends them calls them.',
      severity: 'error',
      from: { path: '^engine/render/' },
      to: { pathNot: ['^engine/(base|contract|domain|render)/', '^rules/'] },
    },
    {
      name: 'domain-renders-nothing',
      comment: 'Decisions are values; HTTP and JSON come after them.',
      severity: 'error',
      from: { path: '^engine/domain/' },
      to: { path: '^engine/(render|contract)/' },
    },
    {
      name: 'ports-are-interfaces',
      comment: 'A port names what the flows need in the words of the domain.',
      severity: 'error',
      from: { path: '^engine/ports/' },
      to: { pathNot: ['^engine/(base|domain|ports)/', '^rules/'] },
    },
    {
      name: 'flows-know-no-adapter',
      comment: 'The same flows serve production, the simulator and the tests.',
      severity: 'error',
      from: { path: '^engine/flows/' },
      to: {
        pathNot: [
          '^engine/(base|contract|domain|ports|flows|render)/',
          '^rules/',
          '^(node:)?crypto$',
        ],
      },
    },
    {
      name: 'adapters-do-not-meet',
      comment:
        'Adapters meet in the composition roots only (engine/main.ts and compose; the sandbox process has its own).',
      severity: 'error',
      from: { path: `^engine/(${adapters})/`, pathNot: '^engine/sandbox/main\\.ts$' },
      to: {
        path: `^engine/(${adapters})/`,
        // The sandbox plays the bank: it must speak the very same protocol.
        pathNot: ['^engine/$1/', '^engine/gateways/bank-debit/(codec|spec|wire/)'],
      },
    },
    {
      name: 'bank-protocol-for-sandbox-only',
      comment: 'Only the bank that the sandbox plays shares the protocol with the gateway.',
      severity: 'error',
      from: { path: '^engine/(store|http|jobs)/' },
      to: { path: '^engine/gateways/' },
    },
    {
      name: 'composition-at-the-root',
      comment: 'Nothing inside reaches up to what puts the engine together.',
      severity: 'error',
      from: {
        path: '^(engine|rules|terminal-adapter)/',
        pathNot: '^engine/(main[.]ts$|compose/|cli/)',
      },
      to: { path: '^engine/(main[.]ts$|compose/|cli/)' },
    },
    {
      name: 'compose-is-below-main',
      comment:
        'main.ts and the command line put parts together out of compose; compose knows neither.',
      severity: 'error',
      from: { path: '^engine/compose/' },
      to: { path: '^engine/(main[.]ts$|cli/)' },
    },
    {
      name: 'terminal-adapter-speaks-http',
      comment: 'It runs on another machine: it shares the ground floor and the contract, no more.',
      severity: 'error',
      from: { path: '^terminal-adapter/' },
      to: { path: '^(engine|rules|bench)/', pathNot: '^engine/(base|contract)/' },
    },
    {
      name: 'engine-knows-no-terminal',
      comment: 'Only the demo of the command line may run a terminal beside the engine.',
      severity: 'error',
      from: { path: '^(engine|rules)/', pathNot: '^engine/(cli|sandbox)/' },
      to: { path: '^terminal-adapter/' },
    },
    {
      name: 'reader-library-in-one-file',
      comment: 'The add-on may be missing; one file deals with that.',
      severity: 'error',
      from: { pathNot: '^terminal-adapter/readers/pcsc-' },
      to: { path: 'pcsclite' },
    },
    {
      name: 'module-library-in-one-file',
      comment: 'The add-on may be missing, and its numbers have names in one place.',
      severity: 'error',
      from: { pathNot: '^engine/ops/keystore/pkcs11/cryptoki[.]ts$' },
      to: { path: 'pkcs11js' },
    },
    {
      name: 'tests-and-bench-are-imported-by-nothing',
      comment: 'Product code must not lean on test code.',
      severity: 'error',
      from: { path: '^(engine|rules|terminal-adapter)/' },
      to: { path: '^(tests|bench)/' },
    },
    {
      name: 'no-development-packages-in-product',
      comment: 'An installation without development packages must run.',
      severity: 'error',
      from: { path: '^(engine|rules|terminal-adapter)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^tests/tidy/fixtures/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
