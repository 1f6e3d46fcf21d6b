// Preloaded, it makes the package mongodb look uninstalled.
import { register } from 'node:module'

const hooks = `
  export async function resolve(specifier, context, next) {
    if (specifier !== 'mongodb') return next(specifier, context)
    throw Object.assign(new Error("Cannot find package 'mongodb'"), { code: 'ERR_MODULE_NOT_FOUND' })
  }
`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
