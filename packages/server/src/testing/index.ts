export {
  type AnyAnswer,
  type Auth,
  type ClientOptions,
  type Frame,
  messagesIn,
  openChat,
  type TestChat,
  TestSocket,
} from './connect.ts'
export { startServer, testWorkspaces } from './start-server.ts'
