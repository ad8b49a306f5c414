import { OpenAPIHono } from '@hono/zod-openapi'
import { prefix, routes } from './contract.ts'
import { problem } from './schemas.ts'

const errors: Record<number, string> = {
  400: 'The request was put wrongly',
  401: 'The token is missing or wrong',
  403: 'It came from another site',
  404: 'What was asked for is not there',
  409: 'The state forbids it; try again when the job that is under way has ended',
  413: 'Too large',
  422: 'The data does not allow it',
  500: 'Our fault; the log has the details',
}

const content = { 'application/problem+json': { schema: problem } }

/** The OpenAPI 3.1 document of all routes. The same for each version of the package, so that it can be kept in the repository. */
export function openApiDocument(version: string): Record<string, unknown> {
  const app = new OpenAPIHono()
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'The token that `clientele serve` prints. Browsers have a cookie instead after they opened its link.',
  })
  for (const [name, { getRoutingPath: _, ...route }] of Object.entries(routes)) {
    const open = route.path.startsWith('/health/')
    app.openAPIRegistry.registerPath({
      ...route,
      path: `${prefix}${route.path}`,
      operationId: name,
      ...(open ? { security: [] } : {}),
      responses: {
        ...route.responses,
        ...Object.fromEntries(Object.entries(errors).map(([status, description]) => [status, { description, content }])),
      },
    })
  }
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Clientele',
      version,
      description:
        'The customer portfolio of one workspace. Money travels as exact decimal text, dates as YYYY-MM-DD, shares as fractions.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    security: [{ token: [] }],
    tags: [
      { name: 'workspace', description: 'The company that is looked at' },
      { name: 'imports', description: 'Files in: stage, answer, commit, undo' },
      { name: 'runs', description: 'Computing a snapshot' },
      { name: 'jobs', description: 'What takes a while' },
      { name: 'snapshots', description: 'Computed results and their differences' },
      { name: 'pages', description: 'What the web app shows' },
      { name: 'tables', description: 'All tables, and SQL over them' },
      { name: 'downloads', description: 'Report and workbook' },
      { name: 'health', description: 'Whether all is well' },
    ],
  }) as unknown as Record<string, unknown>
}
