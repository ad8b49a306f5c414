import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError, MissingError, UsageError } from '../../shared/errors.ts'
import type { ImportPlace, Recipe } from './types.ts'

const recipeSchema = z.object({
  name: z.string().optional(),
  version: z.number().int().positive().optional(),
  savedAt: z.string().optional(),
  currency: z.string().nullable(),
  files: z.array(
    z.object({
      layout: z.string(),
      header: z.array(z.string()),
      map: z.record(z.string(), z.string()),
      dateOrder: z.enum(['dmy', 'mdy', 'ymd']).nullable(),
      decimalMark: z.enum(['.', ',']).nullable(),
    }),
  ),
  answers: z.record(z.string(), z.string()),
})

const fileName = /^(.+)\.v(\d+)\.json$/

/** Saved recipes, newest version of each, by name. */
export async function readRecipes(place: ImportPlace): Promise<Recipe[]> {
  const newest = new Map<string, { version: number; file: string }>()
  for (const file of await list(place.recipesDir)) {
    const found = fileName.exec(file)
    if (!found) continue
    const version = Number(found[2])
    if (version > (newest.get(found[1])?.version ?? 0)) newest.set(found[1], { version, file })
  }
  const recipes: Recipe[] = []
  for (const name of [...newest.keys()].sort())
    recipes.push(await readRecipe(join(place.recipesDir, (newest.get(name) as { file: string }).file)))
  return recipes
}

/** The recipe of a name, or of a file. */
export async function findRecipe(place: ImportPlace, nameOrFile: string): Promise<Recipe> {
  const saved = await readRecipes(place)
  const byName = saved.find((recipe) => recipe.name === nameOrFile)
  if (byName) return byName
  if (/[/\\]|\.json$/.test(nameOrFile)) return readRecipe(nameOrFile)
  throw new MissingError('import.recipe-missing', `there is no recipe "${nameOrFile}"`, {
    hint: saved.length > 0 ? `Saved recipes: ${saved.map((recipe) => recipe.name).join(', ')}.` : 'Save one with --save-recipe NAME.',
  })
}

/** Saves a recipe as the next version of its name; a version is never changed. Says which version it became. */
export async function saveRecipe(place: ImportPlace, name: string, recipe: Recipe, now: Date): Promise<number> {
  checkRecipeName(name)
  await mkdir(place.recipesDir, { recursive: true })
  const versions = (await list(place.recipesDir)).flatMap((file) => {
    const found = fileName.exec(file)
    return found?.[1] === name ? [Number(found[2])] : []
  })
  const version = Math.max(0, ...versions) + 1
  if (version > 1) {
    const last = await readRecipe(join(place.recipesDir, `${name}.v${version - 1}.json`))
    if (JSON.stringify(contentOf(last)) === JSON.stringify(contentOf(recipe))) return version - 1
  }
  const file = join(place.recipesDir, `${name}.v${version}.json`)
  await writeFile(`${file}.part`, `${JSON.stringify({ name, version, savedAt: now.toISOString(), ...contentOf(recipe) }, null, 2)}\n`)
  await rename(`${file}.part`, file)
  return version
}

/** Refuses names that could not be a file name everywhere. */
export function checkRecipeName(name: string): void {
  if (!/^[\p{L}\p{N}][\p{L}\p{N} _-]{0,79}$/u.test(name))
    throw new UsageError('import.recipe-name', `"${name}" cannot be the name of a recipe`, {
      hint: 'Use letters, digits, spaces, - and _, at most 80.',
    })
}

/** What a recipe settles, without its name and date. */
export function contentOf(recipe: Recipe): Omit<Recipe, 'name' | 'version' | 'savedAt'> {
  return { currency: recipe.currency, files: recipe.files, answers: recipe.answers }
}

async function readRecipe(file: string): Promise<Recipe> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new MissingError('import.recipe-missing', `cannot read recipe ${file}`, { cause: error })
  }
  try {
    return recipeSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new AppError('import.recipe-invalid', `${file} is not a recipe`, {
      hint: 'Save it again with --save-recipe NAME.',
      cause: error,
      ...(error instanceof z.ZodError
        ? { problems: error.issues.slice(0, 20).map((issue) => ({ file, message: `${issue.path.join('.')}: ${issue.message}` })) }
        : {}),
    })
  }
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
