import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const which = process.argv[2] ?? 'core'
const entries = {
  core: `export { createChatClient } from '@dowellchat/client'`,
  hooks: `export { createChatClient } from '@dowellchat/client'; export * from '@dowellchat/client/react'`,
}
const r = await build({
  stdin: { contents: entries[which], resolveDir: '/work/w/claims/packages/client' },
  outdir: '/tmp/out-meta',
  absWorkingDir: '/',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  external: ['react', 'react/*'],
  metafile: true,
  write: false,
})
const m = r.metafile
const names = Object.keys(m.outputs).filter((n) => m.outputs[n].entryPoint === '<stdin>')
for (const n of names)
  for (const i of m.outputs[n].imports)
    if (i.kind === 'import-statement' && !i.external && !names.includes(i.path)) names.push(i.path)
let g = 0,
  min = 0
for (const f of r.outputFiles)
  if (names.some((n) => f.path.endsWith('/' + n))) {
    g += gzipSync(f.contents, { level: 9 }).length
    min += f.contents.length
    if (process.argv[3])
      (await import('node:fs')).writeFileSync(process.argv[3] + f.path.split('/').pop(), f.contents)
  }
console.log(which, 'gz', g, 'min', min, names)
const b = {}
for (const n of names)
  for (const [f, { bytesInOutput }] of Object.entries(m.outputs[n].inputs))
    b[f.replace(/.*node_modules\//, '').replace(/.*packages\//, '')] = (b[f] ?? 0) + bytesInOutput
for (const [f, x] of Object.entries(b)
  .sort((a, b) => b[1] - a[1])
  .slice(0, 70))
  if (x) console.log(x, f)
