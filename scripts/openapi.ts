// Writes docs/reference/openapi.json and docs/reference/api.md from the routes. A test fails when they are not up to date.
import { mkdir, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { apiPage } from '../src/http/api-page.ts'
import { openApiDocument } from '../src/http/openapi.ts'
import { version } from '../src/shared/version.ts'

const folder = resolve(import.meta.dirname, '../docs/reference')
const document = openApiDocument(version)
await mkdir(folder, { recursive: true })
await writeFile(resolve(folder, 'openapi.json'), `${JSON.stringify(document, null, 2)}\n`)
await writeFile(resolve(folder, 'api.md'), apiPage(document))
