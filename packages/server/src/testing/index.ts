export { storeCases } from '../stores/store-cases/index.ts'
export { writeUntilKilled } from '../stores/store-cases/kills.ts'
export type { OpenStore, StoreCase, Writer } from '../stores/store-cases/store-case.ts'
export { startServer, testWorkspaces } from './start-server.ts'
