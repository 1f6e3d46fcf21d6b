// The worker's entry in source, never part of the package. Tests build the worker once, since compiling it takes half a
// second each time; anywhere else tsx compiles it, registered here because on Node 20 `--import tsx` reaches no worker.
import { pathToFileURL } from 'node:url'

const testBuild = process.env.DOWELLCHAT_TEST_BUILD
if (testBuild) {
  process.setSourceMapsEnabled(true)
  await import(pathToFileURL(`${testBuild}/embedded-worker.js`).href)
} else {
  const { register } = await import('tsx/esm/api')
  register()
  await import('./worker.ts')
}
