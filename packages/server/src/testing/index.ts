export { startServer, testWorkspaces } from './start-server.ts'
export { storeCases } from './store-cases/index.ts'
export { writeUntilKilled } from './store-cases/kills.ts'
export type { OpenStore, StoreCase, Writer } from './store-cases/store-case.ts'
