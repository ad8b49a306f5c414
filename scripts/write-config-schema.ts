// Writes docs/reference/clientele.schema.json from the settings' schema. A test checks that it is up to date.
import { writeFileSync } from 'node:fs'
import { configJsonSchema } from '../src/shared/config.ts'

writeFileSync(new URL('../docs/reference/clientele.schema.json', import.meta.url), `${JSON.stringify(configJsonSchema(), null, 2)}\n`)
