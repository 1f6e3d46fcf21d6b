import { expect, inject, it } from 'vitest'
import { apiReport } from './api-report.ts'
import { openProgram } from './program.ts'

// To accept an intended change: `pnpm vitest run packages/client/tests/packed/api.test.ts -u`
it('is the API that etc/client.api.md tells', async () => {
  const program = openProgram(inject('react19'), 'tsconfig.api.json')
  const hint =
    'if you meant to change the API, run `pnpm vitest run packages/client/tests/packed/api.test.ts -u`'
  await expect(apiReport(program), hint).toMatchFileSnapshot('../../etc/client.api.md')
})
