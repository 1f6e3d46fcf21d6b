import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const base = (contents, extra = {}) =>
  build({
    stdin: { contents, resolveDir: '/work/w/claims/packages/client' },
    outdir: '/tmp/o',
    absWorkingDir: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['react', 'react/*'],
    conditions: ['@dowellchat/source'],
    write: false,
    metafile: true,
    ...extra,
  })
const gz = (r) =>
  r.outputFiles
    .filter((f) => !f.path.includes('call-engine'))
    .reduce((n, f) => n + gzipSync(f.contents, { level: 9 }).length, 0)
const core = `export { createChatClient } from '@dowellchat/client'`
console.log('all', gz(await base(core)))
console.log('socket.io', gz(await base(`export { io } from 'socket.io-client'`)))
const stub = (filter, contents) => ({
  plugins: [
    {
      name: 's',
      setup(b) {
        b.onLoad({ filter }, () => ({ contents, loader: 'js' }))
      },
    },
  ],
})
console.log(
  '-keys,audit,personal',
  gz(
    await base(
      core,
      stub(
        /protocol\/src\/(keys|audit|personal-data)\.ts$/,
        'export const keyRequests={},auditRequests={},personalDataRequests={}',
      ),
    ),
  ),
)
const un = await base(core, {
  minify: false,
  splitting: false,
  external: ['react', 'socket.io-client', '*/call-engine.ts'],
})
const { writeFileSync } = await import('node:fs')
writeFileSync('/tmp/un.js', un.outputFiles[0].contents)
console.log(
  'errorMeanings in',
  un.outputFiles[0].text.includes('The payload is not what'),
  'record',
  /\$ZodRecord = /.test(un.outputFiles[0].text),
  'iso',
  /ISODuration/.test(un.outputFiles[0].text),
)
console.log(
  '-describe',
  gz(await base(core, stub(/protocol\/src\/problems\.ts$/, 'export const describeProblem=()=>""'))),
)
for (const f of [
  'guest-tokens',
  'credentials',
  'users',
  'room-lists',
  'calls',
  'renewal',
  'line-managers',
  'entry-log',
  'message-rows',
]) {
  const names = {
    'guest-tokens': 'createGuestTokens',
    credentials: 'createCredentials',
    users: 'createUsers',
    'room-lists': 'createRoomList,createRoomMembers,createRoomInfo,watchAccess,ownChange',
    calls: 'createCalls',
    renewal: 'createRenewal',
    'line-managers': 'createLineManagers',
    'entry-log': 'createEntryLog',
    'message-rows': 'createMessageRows',
  }[f]
  try {
    console.log(
      '-' + f,
      gz(
        await base(core, {
          ...stub(
            new RegExp(`client/src/${f}\\.ts$`),
            names
              .split(',')
              .map((n) => `export const ${n}=()=>{}`)
              .join('\n'),
          ),
          logLevel: 'silent',
        }),
      ),
    )
  } catch (e) {
    console.log(f, e.errors?.[0]?.text)
  }
}
{
  const r = await base(core)
  const fs = r.outputFiles
  for (const f of fs) console.log(f.path, f.contents.length)
  console.log(
    'concat',
    gzipSync(Buffer.concat(fs.filter((f) => !f.path.includes('call-engine')).map((f) => f.contents)), {
      level: 9,
    }).length,
  )
  const m = r.metafile
  for (const [n, o] of Object.entries(m.outputs))
    if (n.includes('chunk'))
      console.log(
        n,
        Object.entries(o.inputs)
          .filter(([, x]) => x.bytesInOutput)
          .map(([f, x]) => f.split('/').slice(-2).join('/') + ':' + x.bytesInOutput)
          .join(' '),
      )
}
