// pnpm check:imports: no circle of imports anywhere, and in the server none from a lower floor to a higher one.

const server = '^packages/server/src/'

/** The floors of packages/server/src, the lowest first: a file imports from its own floor and those below it. */
const floors = [
  ['queues/'],
  ['logger.ts'],
  ['stores/'],
  ['errors.ts'],
  ['identity/', 'http/'],
  ['delivery/'],
  ['sockets/'],
  ['requests/'],
  ['chat-server.ts'],
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
  // Tests go through a whole server.
  from: { path: files(rooms), pathNot: tests },
  to: { path: files(floors.slice(at + 1).flat()) },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'circle',
      comment: 'Two files need each other: a third is missing',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'unplaced file',
      comment:
        'A file of the server has a floor: put it into a room, or the room into .dependency-cruiser.mjs',
      severity: 'error',
      from: {},
      to: { path: server, pathNot: files(floors.flat()) },
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
