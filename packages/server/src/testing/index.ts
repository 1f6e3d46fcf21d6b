export { startServer, testWorkspaces } from './start-server.ts'
