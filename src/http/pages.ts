/** The few pages that the server writes itself: before sign-in, and when the web app was not built. */

const page = (title: string, body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Clientele</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 36rem; margin: 12vh auto 0; padding: 0 1.5rem }
  h1 { font-size: 1.5rem }
  code { font-family: ui-monospace, monospace; background: #8882; padding: .1em .3em; border-radius: 4px }
  label { display: block; margin-bottom: .25rem }
  input, button { font: inherit; padding: .5rem .75rem; border-radius: 6px; border: 1px solid #8888 }
  input { width: 100%; box-sizing: border-box }
  button { margin-top: .75rem; background: #1f4e8c; color: #fff; border-color: #1f4e8c }
</style>
</head>
<body><main>${body}</main></body>
</html>
`

export function signInPage(wrong?: string): string {
  return page(
    'Sign in',
    `<h1>Open the link from the terminal</h1>
<p>Clientele answers only to whoever started it. Open the link that <code>clientele serve</code> printed, or paste the token from its end.</p>
${wrong ? `<p role="alert"><strong>${wrong}</strong></p>` : ''}
<form method="post" action="/sign-in">
<label for="token">Token</label>
<input id="token" name="token" autocomplete="off" required>
<button>Continue</button>
</form>`,
  )
}

export function notBuiltPage(): string {
  return page(
    'Not built',
    `<h1>The web app is not built yet</h1>
<p>The server runs and its data is there; only the pages are missing. Run <code>npm run build:web</code> in the folder of Clientele, then reload.</p>
<p>Meanwhile the API answers under <a href="/api/v1/portfolio"><code>/api/v1</code></a>, described in <a href="/api/v1/openapi.json"><code>openapi.json</code></a>.</p>`,
  )
}
