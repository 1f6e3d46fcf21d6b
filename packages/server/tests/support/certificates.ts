import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate for 127.0.0.1 that only itself vouches for, as files; `remove` deletes them. */
export function selfSigned(): { key: string; cert: string; ca: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const names = ['-subj', '/CN=redis.test', '-addext', 'subjectAltName=IP:127.0.0.1']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  execFileSync('openssl', ['req', '-x509', ...kind, '-days', '1', '-keyout', key, '-out', cert, ...names], {
    stdio: 'ignore',
  })
  return { key, cert, ca: readFileSync(cert, 'utf8'), remove: () => rmSync(folder, { recursive: true }) }
}
