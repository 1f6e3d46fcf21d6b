export { type SigningKey, signUserToken, type TokenAlgorithm, type TokenUser } from './sign-user-token.ts'
