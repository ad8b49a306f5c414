interface Operation {
  tags: string[]
  summary: string
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: { description?: string } }[]
  requestBody?: { content: Record<string, unknown> }
  responses: Record<string, { description: string; content?: Record<string, unknown> }>
}

const start = `# HTTP API

\`clientele serve\` answers on this machine under \`/api/v1\`. The same document for machines is [openapi.json](openapi.json); the server
hands it out at \`/api/v1/openapi.json\`. Both are written from the routes by \`node scripts/openapi.ts\`.

## Getting in

The server listens on 127.0.0.1 and prints a link with a token. A browser that opens the link gets a cookie and the address without the
token. A program sends the token with each request:

\`\`\`
curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:4180/api/v1/portfolio
\`\`\`

Requests for another host name are refused (421), so are requests that come from another site (403). What a browser sends with its cookie
and changes something must bear our own \`Origin\`.

## Values

Money and quantities travel as exact decimal text (\`"476.4800"\`), counts and shares as numbers (a share of 25 % is \`0.25\`), dates as
\`YYYY-MM-DD\`. Each table comes with its contract: what its columns hold, in which unit, by which formula.

## Problems

What is not 2xx is \`application/problem+json\` (RFC 9457):

\`\`\`json
{
  "type": "urn:clientele:problem:table.column",
  "title": "table \\"customer_profit\\" has no column \\"revenue\\"",
  "status": 400,
  "code": "table.column",
  "hint": "Did you mean \\"net_revenue\\"?"
}
\`\`\`

\`code\` is stable. \`problems\` lists what is wrong with an input, each with file, row and column where it has one. An unexpected error says
under which reference the server's log (stderr, one JSON a line) has the details.

## A file in, a portfolio out

\`\`\`
curl -H "$AUTH" -F files=@orders.csv $API/imports                     # 202, a job
curl -H "$AUTH" -N $API/jobs/$JOB/events                              # its progress; ends with result.staged
curl -H "$AUTH" $API/staged-imports/$STAGED                           # mapping, questions, reconciliation card
curl -H "$AUTH" -X POST $API/staged-imports/$STAGED/commit
curl -H "$AUTH" -X POST -H 'content-type: application/json' -d '{}' $API/runs
curl -H "$AUTH" $API/portfolio
\`\`\`

Nothing counts before the commit, and no figure changes before a run has published its snapshot. One job writes at a time; others wait in
line. Commit, undo and discard do not wait: while a job is under way they answer 409.

In TypeScript the client is typed: \`hc<AppType>('/')\` of \`hono/client\` with \`AppType\` from \`src/http/contract.ts\`.
`

/** The page about the API, for people. */
export function apiPage(document: Record<string, unknown>): string {
  const paths = document.paths as Record<string, Record<string, Operation>>
  const tags = document.tags as { name: string; description: string }[]
  const sections = tags.map(({ name, description }) => {
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, operation]) => operation.tags[0] === name)
        .map(([method, operation]) => describe(path, method, operation)),
    )
    return `## ${name[0].toUpperCase()}${name.slice(1)}\n\n${description}.\n\n${operations.join('\n')}`
  })
  return `${start}\n${sections.join('\n')}`
}

function describe(path: string, method: string, { summary, parameters = [], requestBody, responses }: Operation): string {
  const [status, answer] = Object.entries(responses).find(([code]) => code.startsWith('2'))!
  const types = Object.keys(answer.content ?? {}).join(', ')
  const body = requestBody ? `\n  Body: ${Object.keys(requestBody.content).join(', ')}.` : ''
  const query = parameters
    .filter((parameter) => parameter.in === 'query')
    .map((parameter) => {
      const about = parameter.description ?? parameter.schema.description
      return `  - \`${parameter.name}\`${parameter.required ? ', needed' : ''}${about ? `: ${about}` : ''}`
    })
  return `- \`${method.toUpperCase()} ${path}\` — ${summary}.${body}\n  ${status}: ${answer.description} (${types}).\n${query.join('\n')}${query.length > 0 ? '\n' : ''}`
}
