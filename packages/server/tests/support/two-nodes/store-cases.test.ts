import { storeCases } from '../../../src/testing/store-cases/index.ts'
import { pageCases } from '../../../src/testing/store-cases/pages.ts'
import { onTwoStores } from './on-two-stores.ts'

// Those of pages run in every run of the tests.
onTwoStores(storeCases.filter((one) => !pageCases.includes(one)))
