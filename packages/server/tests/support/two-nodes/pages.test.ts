import { pageCases } from '../../../src/testing/store-cases/pages.ts'
import { onTwoStores } from './on-two-stores.ts'

onTwoStores(pageCases)
