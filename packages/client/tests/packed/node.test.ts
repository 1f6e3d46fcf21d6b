import { describe, expect, inject, it } from 'vitest'
import * as sdk from '../../src/index.ts'
import * as hooks from '../../src/react/index.ts'
import { run } from './consumers.ts'

const names = { sdk: Object.keys(sdk).sort(), hooks: Object.keys(hooks).sort() }

/** What consumer/node/journey.cjs prints. */
async function journey(react: 'react18' | 'react19', file: string) {
  const { exports, ...seen } = JSON.parse(await run(inject(react), [process.execPath, `node/${file}`]))
  expect({ sdk: exports.sdk.sort(), hooks: exports.hooks.sort() }).toEqual(names)
  return seen
}

const expected = { heard: ['Hello, World!'], failure: 'unsupported', html: '<p>loading</p>' }

describe.each(['react19', 'react18'] as const)('in Node, with %s', (react) => {
  it('works as an ES module', async () => {
    expect(await journey(react, 'module.mjs')).toEqual(expected)
  })

  it('works as CommonJS, and loads the code for calls when one begins', async () => {
    expect(await journey(react, 'common.cjs')).toEqual({ ...expected, callEngine: [false, true] })
  })
})
