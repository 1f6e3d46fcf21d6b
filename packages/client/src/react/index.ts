export { skip } from './skip.ts'
