import { expect, it } from 'vitest'
import { readEvidence } from './evidence.ts'
import { capacityPage } from './page.ts'

it('prints the evidence into the page on capacity', async () => {
  await expect(capacityPage(readEvidence())).toMatchFileSnapshot('../../../../docs/capacity.md')
})
