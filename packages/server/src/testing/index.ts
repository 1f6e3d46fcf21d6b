export { storeCases } from '../stores/store-cases/index.ts'
export type { OpenStore, StoreCase } from '../stores/store-cases/making.ts'
export { startServer, testWorkspaces } from './start-server.ts'
