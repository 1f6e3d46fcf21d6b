import { build } from 'esbuild'
import { gzipSync } from 'node:zlib'
const base = (contents, extra={}) => build({ stdin: { contents, resolveDir: '/work/w/claims/packages/client' }, outdir: '/tmp/o', absWorkingDir: '/', bundle: true, splitting: true, format: 'esm', target: 'es2022', minify: true, define: { 'process.env.NODE_ENV': '"production"' }, external: ['react','react/*'], conditions: ['@dowellchat/source'], write: false, metafile: true, ...extra })
const gz = r => r.outputFiles.filter(f=>!f.path.includes('call-engine')).reduce((n,f)=>n+gzipSync(f.contents,{level:9}).length,0)
const core = `export { createChatClient } from '@dowellchat/client'`
console.log('all', gz(await base(core)))
console.log('socket.io', gz(await base(`export { io } from 'socket.io-client'`)))
const stub = (filter, contents) => ({ plugins: [{ name: 's', setup(b) { b.onLoad({ filter }, () => ({ contents, loader: 'js' })) } }] })
console.log('-keys,audit,personal', gz(await base(core, stub(/protocol\/src\/(keys|audit|personal-data)\.ts$/, 'export const keyRequests={},auditRequests={},personalDataRequests={}'))))
const un = await base(core, { minify: false, splitting: false, external: ['react','socket.io-client','*/call-engine.ts'] })
const { writeFileSync } = await import('node:fs')
writeFileSync('/tmp/un.js', un.outputFiles[0].contents)
