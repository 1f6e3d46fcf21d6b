// pnpm check:imports: refuses circular imports, and in the server imports from a lower floor to a higher one.

const server = '^packages/server/src/'

/** The floors of packages/server/src, the lowest first: a file imports from its own floor and those below it. */
const floors = [
  ['bots/', 'queues/', 'tokens/', 'search/', 'counted-cache.ts', 'time.ts'],
  ['logger.ts', 'logs/', 'version.ts'],
  ['stores/'],
  ['errors.ts', 'limits.ts'],
  ['attachments/', 'identity/', 'http/', 'metrics/', 'nodes/'],
  ['delivery/'],
  ['sockets/'],
  ['webhooks/'],
  ['calls/', 'lines/'],
  ['requests/'],
  ['chat.ts', 'chat-parts.ts', 'chat-server.ts', 'finish.ts', 'measuring.ts'],
  ['index.ts', 'executable/', 'testing/'],
]

const tests = '[.]test(-d)?[.]tsx?$'
const files = (rooms) => rooms.map((room) => `${server}${room.replace('.', '[.]')}`)

const floorRules = floors.slice(0, -1).map((rooms, at) => ({
  name: `${rooms.join(' ').replaceAll('/', '')} looks up`,
  comment: `${rooms.join(' and ')} may import only from: ${floors
    .slice(0, at + 1)
    .flat()
    .join(', ')}`,
  severity: 'error',
  // Tests start a whole server, so they may import from any floor.
  from: { path: files(rooms), pathNot: tests },
  to: { path: files(floors.slice(at + 1).flat()) },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'circle',
      comment: 'Two files need each other: move what they share into a third one',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'unplaced file',
      comment:
        'Every file of the server has a floor: move it into a folder that has one, or add its folder to .dependency-cruiser.mjs',
      severity: 'error',
      from: {},
      to: { path: server, pathNot: files(floors.flat()) },
    },
    {
      name: 'all of the contract at once',
      comment:
        "Import values from '@dowellchat/protocol/core': the rest of the protocol is loaded when it is used (requests/contract.ts)",
      severity: 'error',
      from: {
        path: '^packages/client/src/',
        pathNot: [tests, '/testing/', '/fake-client/', '/(later-contract|receiving)[.]ts$'],
      },
      to: { path: '^packages/protocol/src/index[.]ts$', dependencyTypesNot: ['type-only'] },
    },
    ...floorRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['@dowellchat/source', 'import', 'types'],
      exportsFields: ['exports'],
    },
  },
}
