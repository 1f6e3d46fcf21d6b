// Preloaded, it makes the package prom-client look uninstalled.
import { register } from 'node:module'

const hooks = `
  export async function resolve(specifier, context, next) {
    if (specifier !== 'prom-client') return next(specifier, context)
    throw Object.assign(new Error("Cannot find package 'prom-client'"), { code: 'ERR_MODULE_NOT_FOUND' })
  }
`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
