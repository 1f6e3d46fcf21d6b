import { expect, inject, it } from 'vitest'
import { run } from './consumers.ts'

it('[PK6] has one copy of its classes and of its clock in a CommonJS program, whichever entries it loads', async () => {
  const printed = await run(inject('react19'), [process.execPath, 'node/one-program.cjs'])
  expect(JSON.parse(printed)).toEqual({
    refusal: { status: 'refused', message: 'You are banned' },
    isDatedAhead: true,
    isStartError: true,
  })
})
